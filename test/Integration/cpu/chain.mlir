// An attention on the result of another, with a buffer of the module's own
// between them.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x2x16xf32
// RUN: rdattn-run %s --function first --q %t-q.npy --k %t-k.npy --v %t-v.npy --o %t-between.npy
// RUN: rdattn-run %s --function second --q %t-between.npy --k %t-k.npy --v %t-v.npy --o %t-expected.npy
// RUN: rdattn-run %s --function both --q %t-q.npy --k %t-k.npy --v %t-v.npy --o %t-both.npy
// RUN: %python %S/../Inputs/same.py %t-both.npy %t-expected.npy

func.func @first(%q: tensor<1x48x2x16xf32>, %k: tensor<1x48x2x16xf32>, %v: tensor<1x48x2x16xf32>) -> tensor<1x48x2x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [48 dilation 2] : tensor<1x48x2x16xf32>
  return %o : tensor<1x48x2x16xf32>
}
func.func @second(%q: tensor<1x48x2x16xf32>, %k: tensor<1x48x2x16xf32>, %v: tensor<1x48x2x16xf32>) -> tensor<1x48x2x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16] repeat : tensor<1x48x2x16xf32>
  return %o : tensor<1x48x2x16xf32>
}
func.func @both(%q: tensor<1x48x2x16xf32>, %k: tensor<1x48x2x16xf32>, %v: tensor<1x48x2x16xf32>) -> tensor<1x48x2x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [48 dilation 2] : tensor<1x48x2x16xf32>
  %o1, %lse1 = rdattn.attention %o, %k, %v pattern [16] repeat : tensor<1x48x2x16xf32>
  return %o1 : tensor<1x48x2x16xf32>
}
