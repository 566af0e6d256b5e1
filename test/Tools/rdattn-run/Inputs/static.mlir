func.func @attention(%q: tensor<1x96x2x16xf32>, %k: tensor<1x96x2x16xf32>, %v: tensor<1x96x2x16xf32>)
    -> (tensor<1x96x2x16xf32>, tensor<1x2x96xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [32, 64 dilation 2 order hilbert]
      : tensor<1x96x2x16xf32>
  return %o, %lse : tensor<1x96x2x16xf32>, tensor<1x2x96xf32>
}
