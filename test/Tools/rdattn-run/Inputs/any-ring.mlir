func.func @attention(%q: tensor<?x?x?x16xf32>, %k: tensor<?x?x?x16xf32>, %v: tensor<?x?x?x8xf32>,
                     %ring: !rdattn.ring<?, contiguous, tokens = ?>) -> tensor<?x?x?x8xf32> {
  %o, %lse = rdattn.attention %q, %k, %v on(%ring : !rdattn.ring<?, contiguous, tokens = ?>)
      pattern [1024 window 2] : tensor<?x?x?x16xf32>, tensor<?x?x?x16xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
