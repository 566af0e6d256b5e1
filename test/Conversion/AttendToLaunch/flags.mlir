// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 | FileCheck %s

// A launch says which kinds of item its table may hold, and no more: each flag
// is code in the kernel.

// CHECK-LABEL: @none
func.func @none(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 8, strided 8 to 16 stride 2] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @causal
func.func @causal(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) causal epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q causal classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// E4: one list of rows is enough for a look-up.

// CHECK-LABEL: @gathered
func.func @gathered(%q: tensor<1x32x2x8xf32>) -> tensor<1x32x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) gathered epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 16, gathered 16 to 32 stride 2 order hilbert<4x4>] : tensor<1x32x2x8xf32>
  return %o : tensor<1x32x2x8xf32>
}

// S11

// CHECK-LABEL: @windowed
func.func @windowed(%q: tensor<1x32x2x8xf32>) -> tensor<1x32x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) windowed epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 16, strided 16 to 32 stride 2 window 2] : tensor<1x32x2x8xf32>
  return %o : tensor<1x32x2x8xf32>
}

// A window of 1 needs no window: each row sees itself alone.

// CHECK-LABEL: @isolated
func.func @isolated(%q: tensor<1x32x2x8xf32>) -> tensor<1x32x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 16, contiguous 16 to 32 window 1] : tensor<1x32x2x8xf32>
  return %o : tensor<1x32x2x8xf32>
}

// Nor does the IR have to say it: the planner isolates the rows of a class of
// one row, and what S cuts off leaves such classes.

// CHECK-LABEL: @isolated_by_stride
func.func @isolated_by_stride(%q: tensor<1x8x2x8xf32>) -> tensor<1x8x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 8 stride 8] : tensor<1x8x2x8xf32>
  return %o : tensor<1x8x2x8xf32>
}

// CHECK-LABEL: @isolated_by_cut
func.func @isolated_by_cut(%q: tensor<1x10x2x8xf32>) -> tensor<1x10x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 8, strided 8 to 16 stride 2] : tensor<1x10x2x8xf32>
  return %o : tensor<1x10x2x8xf32>
}

// S2: a static S that cuts the only gathered or windowed segment off.

// CHECK-LABEL: @cut_off
func.func @cut_off(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 16, gathered 16 to 32 stride 2 order hilbert<4x4> window 2] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @not_cut_off
func.func @not_cut_off(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) gathered windowed isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 16, gathered 16 to 32 stride 2 order hilbert<4x4> window 2] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// A dynamic S may cut a dilated segment down to classes of one row, but a
// segment of one class never.

// CHECK-LABEL: @dynamic_strided
func.func @dynamic_strided(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 2] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @dynamic_contiguous
func.func @dynamic_contiguous(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16 times ? every 16] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @dynamic_segments_of_one
func.func @dynamic_segments_of_one(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 1 times ? every 1] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// Any branch of a merge may set a flag.

// CHECK-LABEL: @flags_of_branches
func.func @flags_of_branches(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) causal gathered windowed isolated epilogue(merge)
  %0:2 = rdattn.attend %q, %q, %q causal partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q causal partial classes [gathered 0 to 16 stride 2 order hilbert<4x4>] : tensor<1x16x2x8xf32>
  %2:2 = rdattn.attend %q, %q, %q causal partial classes [contiguous 0 to 16 window 4] : tensor<1x16x2x8xf32>
  %3:2 = rdattn.attend %q, %q, %q causal partial classes [contiguous 0 to 16 window 1] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1), (%2#0, %2#1), (%3#0, %3#1)
      : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
