// RUN: rdattn-opt %s -canonicalize | FileCheck %s

// E1: without a window an order of one class says nothing.

// CHECK-LABEL: @void_order
// CHECK: pattern [64] :
func.func @void_order(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [64 order hilbert] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// An order decides which rows are near, and which form a class.

// CHECK-LABEL: @order_that_matters
// CHECK: pattern [64 order hilbert window 4] + [64 dilation 2 order hilbert<4x16>] :
func.func @order_that_matters(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q
      pattern [64 order hilbert window 4] + [64 dilation 2 order hilbert<4x16>]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// S3: along one row or one column the order is that of the tokens; so it is on
// the default grid of two tokens.

// CHECK-LABEL: @linear_grid
// CHECK: pattern [32 window 4, 30 dilation 2, 2 window 1] :
func.func @linear_grid(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q
      pattern [32 order hilbert<1x32> window 4, 30 dilation 2 order hilbert<40x1>,
               2 order hilbert window 1]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @planar_grid
// CHECK: pattern [64 order hilbert<2x32> window 4] :
func.func @planar_grid(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [64 order hilbert<2x32> window 4]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// S11: 13 tokens in 4 classes are at most 4 rows; a window of 4 reaches them all.

// CHECK-LABEL: @wide_window
// CHECK: pattern [13 dilation 4, 51] :
func.func @wide_window(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q
      pattern [13 dilation 4 window 4, 51 order hilbert window 51]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @narrow_window
// CHECK: pattern [13 dilation 4 window 3, 51 window 50] :
func.func @narrow_window(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q
      pattern [13 dilation 4 window 3, 51 window 50] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// S2, S3: what S cuts off goes; what it cuts keeps the grid of its full length.

// CHECK-LABEL: @cut
// CHECK: pattern [16, 48 dilation 2 order hilbert<8x16>] + [64 dilation 2] per_head + [48, 16] :
func.func @cut(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q
      pattern [16, 128 dilation 2 order hilbert, 32] + [64 dilation 2, 64] repeat per_head
              + [48, 4096] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// A list that S passes repeats, and an unknown S may.

// CHECK-LABEL: @repeats
// CHECK: pattern [16, 32] repeat :
func.func @repeats(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [16, 32] repeat : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @unknown_length
// CHECK: pattern [16, 128 dilation 2 order hilbert] repeat :
func.func @unknown_length(%q: tensor<1x?x2x8xf32>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [16, 128 dilation 2 order hilbert] repeat
      : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @no_tokens
// CHECK: pattern [16, 128] repeat :
func.func @no_tokens(%q: tensor<1x0x2x8xf32>) -> tensor<1x0x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [16, 128] repeat : tensor<1x0x2x8xf32>
  return %o : tensor<1x0x2x8xf32>
}

// A window that reaches every row of the shorter segment goes with the cut.

// CHECK-LABEL: @window_after_cut
// CHECK: pattern [64] :
func.func @window_after_cut(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [4096 order hilbert window 64]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @constant_scale
// CHECK-NOT: arith.constant
// CHECK: scale(2.500000e-01) pattern
func.func @constant_scale(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %scale = arith.constant 0.25 : f32
  %o, %lse = rdattn.attention %q, %q, %q scale(%scale) pattern [64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK-LABEL: @scale_without_a_word
// CHECK: %[[NAN:.*]] = arith.constant 0x7FC00000 : f32
// CHECK: scale(%[[NAN]]) pattern
func.func @scale_without_a_word(%q: tensor<1x64x2x8xf32>) -> tensor<1x64x2x8xf32> {
  %scale = arith.constant 0x7FC00000 : f32
  %o, %lse = rdattn.attention %q, %q, %q scale(%scale) pattern [64] : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}
