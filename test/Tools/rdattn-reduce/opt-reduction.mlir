// Passes reduce as well: here a function that nothing uses goes.

// RUN: rdattn-reduce %s -opt-reduction-pass='opt-pass=symbol-dce test=%S/Inputs/has-window.sh' | FileCheck %s

// CHECK:     func.func @window(
// CHECK-NOT: func.func

func.func @window(%q: tensor<1x64x2x32xf32>) -> tensor<1x64x2x32xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [64 window 8] : tensor<1x64x2x32xf32>
  return %o : tensor<1x64x2x32xf32>
}

func.func private @other(%q: tensor<1x64x2x32xf32>) -> tensor<1x64x2x32xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [64] : tensor<1x64x2x32xf32>
  return %o : tensor<1x64x2x32xf32>
}
