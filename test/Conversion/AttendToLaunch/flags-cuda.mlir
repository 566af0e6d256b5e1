// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda | FileCheck %s
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda-sm80 | FileCheck %s

// On a GPU a window is code in every tile, so the rows that a cut leaves alone
// are classes of one row: dilated segments need no window for them.

// CHECK-LABEL: @dynamic_strided
func.func @dynamic_strided(%q: tensor<1x?x2x64xbf16>) -> tensor<1x?x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs without_isolation classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 2] : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}

// CHECK-LABEL: @dynamic_per_head
func.func @dynamic_per_head(%q: tensor<1x?x2x64xbf16>) -> tensor<1x?x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs without_isolation classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) gathered epilogue(fill)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [gathered 0 to 16 times ? every 16 stride 2 order hilbert<4x4>] per_head : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}

// CHECK-LABEL: @isolated_by_cut
func.func @isolated_by_cut(%q: tensor<1x10x2x64xbf16>) -> tensor<1x10x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs without_isolation classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [contiguous 0 to 8, strided 8 to 16 stride 2] : tensor<1x10x2x64xbf16>
  return %o : tensor<1x10x2x64xbf16>
}

// A window that a class names stays, and lone rows beside it still need none.

// CHECK-LABEL: @windowed
func.func @windowed(%q: tensor<1x?x2x64xbf16>) -> tensor<1x?x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs without_isolation classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) windowed epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 2 window 3] : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}

// Where whole segments are lone rows, a window computes a tile of them at once.

// CHECK-LABEL: @isolated
func.func @isolated(%q: tensor<1x?x2x64xbf16>) -> tensor<1x?x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q
      classes [strided 0 to 16 stride 2, contiguous 16 to 32 window 1] : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}

// CHECK-LABEL: @isolated_by_stride
func.func @isolated_by_stride(%q: tensor<1x?x2x64xbf16>) -> tensor<1x?x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} without_runs classes
  // CHECK: rdattn.launch {{.*}} outs({{[^()]*}}) isolated epilogue(store)
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 8 times ? every 8 stride 8] : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}
