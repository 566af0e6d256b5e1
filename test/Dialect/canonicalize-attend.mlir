// RUN: rdattn-opt %s -canonicalize | FileCheck %s

// E1: a sorted class of all tokens is contiguous.

// CHECK-LABEL: @void_order
// CHECK: classes [contiguous 0 to 64] :
func.func @void_order(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 order hilbert<8x8>] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @window_in_curve_order
// CHECK: classes [gathered 0 to 64 order hilbert<8x8> window 4] :
func.func @window_in_curve_order(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 order hilbert<8x8> window 4] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// S3: a grid of one row or one column is the order of the tokens.

// CHECK-LABEL: @linear_grid
// CHECK: classes [strided 0 to 64 stride 2, contiguous 64 to 128 window 4] :
func.func @linear_grid(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 stride 2 order hilbert<1x64>, gathered 64 to 128 order hilbert<64x1> window 4] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @planar_grid
// CHECK: classes [gathered 0 to 64 stride 2 order hilbert<2x32>] :
func.func @planar_grid(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 stride 2 order hilbert<2x32>] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// S11: the longest of the 4 classes has 4 rows.

// CHECK-LABEL: @wide_window
// CHECK: classes [strided 0 to 13 stride 4] :
func.func @wide_window(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 13 stride 4 window 4] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @narrow_window
// CHECK: classes [strided 0 to 13 stride 4 window 3] :
func.func @narrow_window(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 13 stride 4 window 3] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// A row that is alone in its class needs neither class nor order; equal
// neighbours then are one segment.

// CHECK-LABEL: @isolated_by_stride
// CHECK: classes [contiguous 0 to 32 window 1] :
func.func @isolated_by_stride(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 16, gathered 16 to 32 stride 99 order hilbert<4x4>] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @isolated_by_window
// CHECK: classes [contiguous 0 to 64 window 1] :
func.func @isolated_by_window(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 stride 2 order hilbert<8x8> window 1] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// S7: the class still says which head computes the row.

// CHECK-LABEL: @isolated_per_head
// CHECK: classes [strided 0 to 16 stride 16 window 1] per_head :
func.func @isolated_per_head(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 16 stride 16] per_head : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// E3: classes of stride 1 are contiguous.

// CHECK-LABEL: @unit_stride
// CHECK: classes [contiguous 0 to 64] :
func.func @unit_stride(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 64 stride 1] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @two_classes
// CHECK: classes [strided 0 to 64 stride 2] :
func.func @two_classes(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 64 stride 2] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// Equal neighbours are one group.

// CHECK-LABEL: @equal_groups
// CHECK: classes [strided 0 to 64 stride 2 times 3 every 64] :
func.func @equal_groups(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 64 stride 2, strided 64 to 128 stride 2, strided 128 to 192 stride 2] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @repeated_pair
// CHECK: classes [contiguous 0 to 64 times ? every 64] :
func.func @repeated_pair(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 64 times ? every 128, contiguous 64 to 128 times ? every 128] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @unequal_groups
// CHECK: classes [strided 0 to 64 stride 2, strided 64 to 128 stride 4] :
func.func @unequal_groups(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [strided 0 to 64 stride 2, strided 64 to 128 stride 4] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// S2: with S known, what lies past it goes; a segment that S cuts is a group of
// its own.

// CHECK-LABEL: @clip
// CHECK: classes [contiguous 0 to 24 times 2 every 24, contiguous 48 to 64] :
func.func @clip(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 24 times ? every 24] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @clip_keeps_grid
// CHECK: classes [contiguous 0 to 16, gathered 16 to 64 stride 2 order hilbert<8x16> window 4] :
func.func @clip_keeps_grid(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16, gathered 16 to 144 stride 2 order hilbert<8x16> window 4, contiguous 144 to 160] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @no_clip
// CHECK: classes [contiguous 0 to 24 times ? every 24] :
func.func @no_clip(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 24 times ? every 24] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @clip_everything
// CHECK: classes [] :
func.func @clip_everything(%q: tensor<1x0x2x8xf32>) -> tensor<1x0x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 24 times ? every 24] : tensor<1x0x2x8xf32>
  return %o : tensor<1x0x2x8xf32>
}

// E4: with S known, aligned runs are found. On an even grid the curve is
// coloured like a chessboard.

// CHECK-LABEL: @runs
// CHECK: classes [gathered 0 to 4096 stride 2 order hilbert<64x64> runs 32 by 2] :
func.func @runs(%q: tensor<1x4096x2x8xf32>) -> tensor<1x4096x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 4096 stride 2 order hilbert<64x64>] : tensor<1x4096x2x8xf32>
  return %o : tensor<1x4096x2x8xf32>
}

// CHECK-LABEL: @no_runs_for_unknown_length
// CHECK: classes [gathered 0 to 4096 stride 2 order hilbert<64x64>] :
func.func @no_runs_for_unknown_length(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 4096 stride 2 order hilbert<64x64>] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @no_runs
// CHECK: classes [gathered 0 to 64 stride 3 order hilbert<8x8>] :
func.func @no_runs(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 64 stride 3 order hilbert<8x8>] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// E2: a windowed class stays in curve order.

// CHECK-LABEL: @no_runs_with_window
// CHECK: classes [gathered 0 to 4096 stride 2 order hilbert<64x64> window 8] :
func.func @no_runs_with_window(%q: tensor<1x4096x2x8xf32>) -> tensor<1x4096x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 4096 stride 2 order hilbert<64x64> window 8] : tensor<1x4096x2x8xf32>
  return %o : tensor<1x4096x2x8xf32>
}

// Runs that are there are what the IR says.

// CHECK-LABEL: @runs_are_kept
// CHECK: classes [gathered 0 to 4096 stride 2 order hilbert<64x64> runs 16 by 2] :
func.func @runs_are_kept(%q: tensor<1x4096x2x8xf32>) -> tensor<1x4096x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [gathered 0 to 4096 stride 2 order hilbert<64x64> runs 16 by 2] : tensor<1x4096x2x8xf32>
  return %o : tensor<1x4096x2x8xf32>
}

// CHECK-LABEL: @constant_scale
// CHECK-NOT: arith.constant
// CHECK: scale(-2.500000e-01) classes
func.func @constant_scale(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %scale = arith.constant -0.25 : f32
  %o, %lse = rdattn.attend %q, %q, %q scale(%scale) classes [contiguous 0 to 64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}
