// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v2 | FileCheck %s --check-prefixes=CHECK,V2
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=skylake-avx512 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch | FileCheck %s

// Lanes are those of the CPU's vectors, and a plan is cut into the items of its
// launch's schedule, in its order.

// CHECK-LABEL: @plain
func.func @plain(%q: tensor<1x16x2x64xf32>) -> tensor<1x16x2x64xf32> {
  // CHECK: rdattn.plan {{.*}} queries([[QUERIES:[0-9]+]]) order(plain)
  // CHECK: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = [[QUERIES]],
  // V2-SAME: lanes = 4,
  // V3-SAME: lanes = 8,
  // V4-SAME: lanes = 16,
  // CHECK-SAME: order = plain>
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x64xf32>
  return %o : tensor<1x16x2x64xf32>
}

// E5: causal items differ in length, and the long ones go first.

// CHECK-LABEL: @causal
func.func @causal(%q: tensor<1x16x2x64xf32>) -> tensor<1x16x2x64xf32> {
  // CHECK: rdattn.plan {{.*}} queries([[QUERIES:[0-9]+]]) order(longest_first)
  // CHECK: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = [[QUERIES]], {{.*}}order = longest_first>
  %o, %lse = rdattn.attend %q, %q, %q causal classes [contiguous 0 to 16] : tensor<1x16x2x64xf32>
  return %o : tensor<1x16x2x64xf32>
}

// Tiles shrink where rows are long, be they of q and k or of v, and never
// below one register block.

// CHECK-LABEL: @long_rows
func.func @long_rows(%q: tensor<1x16x2x2048xf32>, %v: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // V4: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = 64, keys = 6, lanes = 16, vectors = 4, rows = 6,
  // V3: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = 32, keys = 6, lanes = 8, vectors = 2, rows = 6,
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 16]
      : tensor<1x16x2x2048xf32>, tensor<1x16x2x2048xf32>, tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @long_values
func.func @long_values(%q: tensor<1x16x2x8xf32>, %v: tensor<1x16x2x65536xf32>) -> tensor<1x16x2x65536xf32> {
  // V4: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = 64, keys = 6, lanes = 16, vectors = 4, rows = 6,
  // V3: rdattn.launch {{.*}} schedule(#rdattn.cpu<queries = 16, keys = 6, lanes = 8, vectors = 2, rows = 6,
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 16]
      : tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>, tensor<1x16x2x65536xf32>
  return %o : tensor<1x16x2x65536xf32>
}
