func.func @attention(%q: tensor<1x3584x16x128xbf16>, %k: tensor<1x3584x16x128xbf16>, %v: tensor<1x3584x16x128xbf16>,
                     %ring: !rdattn.ring<4, zigzag, tokens = 14336>) -> tensor<1x3584x16x128xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v causal on(%ring : !rdattn.ring<4, zigzag, tokens = 14336>)
      pattern [2048, 4096 dilation 2, 8192 dilation 4] : tensor<1x3584x16x128xbf16>
  return %o : tensor<1x3584x16x128xbf16>
}
