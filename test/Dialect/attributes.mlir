// RUN: rdattn-opt %s -split-input-file | FileCheck %s
// RUN: rdattn-opt %s -split-input-file | rdattn-opt -split-input-file | FileCheck %s

// Defaults are not printed; properties are read in any order.

// CHECK-LABEL: @segments
// CHECK-SAME: a = #rdattn.segment<2048>
// CHECK-SAME: b = #rdattn.segment<2048>
// CHECK-SAME: c = #rdattn.segment<4096 dilation 2 order hilbert window 64>
// CHECK-SAME: d = #rdattn.segment<4096 dilation 2 order hilbert<32x128> window 64>
// CHECK-SAME: e = #rdattn.segment<9223372036854775807>
// CHECK-SAME: f = #rdattn.segment<4096 order hilbert<64x64>>
func.func private @segments() attributes {
  a = #rdattn.segment<2048>,
  b = #rdattn.segment<2048 order identity dilation 1>,
  c = #rdattn.segment<4096 window 64 order hilbert dilation 2>,
  d = #rdattn.segment<4096 dilation 2 order hilbert<32x128> window 64>,
  e = #rdattn.segment<9223372036854775807>,
  f = #rdattn.segment<4096 order hilbert<64 x 64>>
}

// -----

// CHECK-LABEL: @patterns
// CHECK-SAME: a = #rdattn.branch<[2048]>
// CHECK-SAME: b = #rdattn.branch<[2048, 4096 dilation 2] repeat per_head>
// CHECK-SAME: c = #rdattn.pattern<[2048]>
// CHECK-SAME: d = #rdattn.pattern<[2048] repeat + [4096 dilation 2] per_head detach_mixing>
// CHECK-SAME: e = #rdattn.pattern<[16] repeat per_head + [32] detach_mixing>
func.func private @patterns() attributes {
  a = #rdattn.branch<[2048]>,
  b = #rdattn.branch<[2048, 4096 dilation 2] per_head repeat>,
  c = #rdattn.pattern<[2048]>,
  d = #rdattn.pattern<[2048] repeat + [4096 dilation 2] per_head detach_mixing>,
  e = #rdattn.pattern<[16] repeat per_head + [32] detach_mixing>
}

// -----

// CHECK-LABEL: @classes
// CHECK-SAME: a = #rdattn.classes<contiguous 0 to 2048>
// CHECK-SAME: b = #rdattn.classes<strided 6144 to 14336 stride 4>
// CHECK-SAME: c = #rdattn.classes<gathered 2048 to 6144 stride 2 order hilbert<32x128> runs 64 by 2>
// CHECK-SAME: d = #rdattn.classes<gathered 0 to 64 stride 2 order hilbert<8x8> window 4 times 7 every 64>
// CHECK-SAME: e = #rdattn.classes<contiguous 0 to 2048 window 1 times ? every 4096>
// CHECK-SAME: f = #rdattn.branch_classes<[]>
// CHECK-SAME: g = #rdattn.branch_classes<[contiguous 0 to 16, strided 16 to 32 stride 2] per_head>
func.func private @classes() attributes {
  a = #rdattn.classes<contiguous 0 to 2048>,
  b = #rdattn.classes<strided 6144 to 14336 stride 4>,
  c = #rdattn.classes<gathered 2048 to 6144 runs 64 by 2 order hilbert<32x128> stride 2>,
  d = #rdattn.classes<gathered 0 to 64 times 7 every 64 window 4 stride 2 order hilbert<8x8>>,
  e = #rdattn.classes<contiguous 0 to 2048 times ? every 4096 window 1>,
  f = #rdattn.branch_classes<[]>,
  g = #rdattn.branch_classes<[contiguous 0 to 16, strided 16 to 32 stride 2] per_head>
}

// -----

// CHECK-LABEL: @schedules
// CHECK-SAME: a = #rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = longest_first>
// CHECK-SAME: b = #rdattn<epilogue merge>
// CHECK-SAME: c = #rdattn<tile_order plain>
// CHECK-SAME: d = #rdattn.sm90<queries = 128, keys = 176, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
// CHECK-SAME: e = #rdattn.sm90<queries = 192, keys = 128, stages = 8, consumers = 3, lanes = 1, pingpong = true, order = longest_first, group = 16>
// CHECK-SAME: f = #rdattn.sm90<queries = 64, keys = 16, stages = 1, consumers = 1, lanes = 4, pingpong = false, order = longest_first, group = 0>
// CHECK-SAME: g = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>
// CHECK-SAME: h = #rdattn.sm80<queries = 512, keys = 256, stages = 8, warpgroups = 4, order = longest_first, group = 16>
func.func private @schedules() attributes {
  a = #rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = longest_first>,
  b = #rdattn<epilogue merge>,
  c = #rdattn<tile_order plain>,
  d = #rdattn.sm90<queries = 128, keys = 176, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>,
  e = #rdattn.sm90<group = 16, order = longest_first, pingpong = true, lanes = 1, consumers = 3, stages = 8, keys = 128, queries = 192>,
  f = #rdattn.sm90<queries = 64, keys = 16, stages = 1, consumers = 1, lanes = 4, pingpong = false, order = longest_first, group = 0>,
  g = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>,
  h = #rdattn.sm80<group = 16, order = longest_first, warpgroups = 4, stages = 8, keys = 256, queries = 512>
}
