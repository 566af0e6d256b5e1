// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 | FileCheck %s

// Rows that no item computes must be written all the same (S5); where there are
// none, nobody clears o first.

// CHECK-LABEL: @store
func.func @store(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  // CHECK: epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 8 times ? every 16, strided 8 to 16 stride 2 times ? every 16] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// S7: of several classes a head computes one.

// CHECK-LABEL: @per_head
func.func @per_head(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.plan {{.*}} classes [strided 0 to 16 stride 2] per_head
  // CHECK: epilogue(fill)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 2] per_head : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @per_head_with_one_class
func.func @per_head_with_one_class(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] per_head : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @gap
func.func @gap(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: epilogue(fill)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 8, contiguous 9 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// S2: without tokens there is nothing to clear.

// CHECK-LABEL: @no_classes
func.func @no_classes(%q: tensor<1x0x2x8xf32>) -> tensor<1x0x2x8xf32> {
  // CHECK: rdattn.plan {{.*}} classes [] :
  // CHECK: epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [] : tensor<1x0x2x8xf32>
  return %o : tensor<1x0x2x8xf32>
}

// S6: branches meet in f32, also where each covers every row.

// CHECK-LABEL: @merge
func.func @merge(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: epilogue(merge)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16 window 2] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
