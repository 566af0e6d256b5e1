// RUN: not rdattn-opt %s --convert-rdattn-attend-to-launch=target=tpu 2>&1 | FileCheck %s

// CHECK: unknown-target.mlir:6:1: error: unknown target 'tpu'; targets are cpu, cuda, cuda-sm90a and cuda-sm80
// CHECK-NOT: error:

func.func @attend(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
