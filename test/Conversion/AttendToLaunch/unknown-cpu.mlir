// RUN: not rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=pentium-9 2>&1 | FileCheck %s

// CHECK: unknown-cpu.mlir:6:1: error: unknown CPU 'pentium-9'; try host, x86-64-v4 (AVX-512) or x86-64-v3 (AVX2)
// CHECK-NOT: error:

func.func @attend(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
