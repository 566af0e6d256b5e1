func.func @attention(%q: tensor<2x10x4x8xf32>, %k: tensor<2x10x2x8xf32>, %v: tensor<2x10x2x8xf32>,
                     %ring: !rdattn.ring<4, zigzag, tokens = 40>) -> (tensor<2x10x4x8xf32>, tensor<2x4x10xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal on(%ring : !rdattn.ring<4, zigzag, tokens = 40>)
      pattern [16, 32 dilation 2 order hilbert window 6]
      : tensor<2x10x4x8xf32>, tensor<2x10x2x8xf32>, tensor<2x10x2x8xf32>
  return %o, %lse : tensor<2x10x4x8xf32>, tensor<2x4x10xf32>
}
