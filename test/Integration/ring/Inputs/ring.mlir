func.func @attention(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>,
                     %ring: !rdattn.ring<?, zigzag, tokens = ?>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal on(%ring : !rdattn.ring<?, zigzag, tokens = ?>)
      pattern [16, 32 dilation 2 order hilbert window 6] : tensor<?x?x?x8xf32>
  return %o, %lse : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
}
