func.func @full(%q: tensor<1x?x4x64xf32>, %k: tensor<1x?x4x64xf32>, %v: tensor<1x?x4x64xf32>) -> tensor<1x?x4x64xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [4096] : tensor<1x?x4x64xf32>
  return %o : tensor<1x?x4x64xf32>
}
func.func @causal(%q: tensor<1x?x4x64xf32>, %k: tensor<1x?x4x64xf32>, %v: tensor<1x?x4x64xf32>) -> tensor<1x?x4x64xf32> {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [4096] : tensor<1x?x4x64xf32>
  return %o : tensor<1x?x4x64xf32>
}
