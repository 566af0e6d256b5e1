// Of two functions and three attentions, what has a window stays.

// RUN: rdattn-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has-window.sh' | FileCheck %s

// CHECK:     func.func @two(
// CHECK-NOT: rdattn.attention
// CHECK:     rdattn.attention {{.*}} pattern [32 window 8] repeat :
// CHECK-NOT: rdattn.attention

func.func @two(%q: tensor<1x64x2x32xf32>, %k: tensor<1x64x2x32xf32>,
               %v: tensor<1x64x2x32xf32>)
    -> (tensor<1x64x2x32xf32>, tensor<1x64x2x32xf32>) {
  %0, %lse0 = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x32xf32>
  %1, %lse1 = rdattn.attention %q, %k, %v
      pattern [32 dilation 2, 32 order hilbert window 8] repeat + [128]
      : tensor<1x64x2x32xf32>
  return %0, %1 : tensor<1x64x2x32xf32>, tensor<1x64x2x32xf32>
}

func.func @other(%q: tensor<1x64x2x32xf32>) -> tensor<1x64x2x32xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [32, 32] : tensor<1x64x2x32xf32>
  return %o : tensor<1x64x2x32xf32>
}
