// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda-sm80 | FileCheck %s --check-prefixes=CHECK,SM80
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda | FileCheck %s
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch="target=cuda-sm80 schedule=queries=64,keys=16,stages=3,warpgroups=1" | FileCheck %s --check-prefix=SET

// The schedule of an Ampere GPU or a later one follows from the wider of D and
// Dv, and from the element: 99 KB of shared memory have room for fewer rows of
// f32, which a Hopper GPU computes in the same way.

// CHECK-LABEL: @d64
func.func @d64(%q: tensor<1x2048x2x64xbf16>, %v: tensor<1x2048x2x64xbf16>) -> tensor<1x2048x2x64xbf16> {
  // SM80: schedule(#rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 1, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x64xbf16>
  return %o : tensor<1x2048x2x64xbf16>
}

// CHECK-LABEL: @d128
func.func @d128(%q: tensor<1x2048x2x128xf16>, %v: tensor<1x2048x2x128xf16>) -> tensor<1x2048x2x128xf16> {
  // SM80: schedule(#rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x128xf16>
  return %o : tensor<1x2048x2x128xf16>
}

// CHECK-LABEL: @causal128
func.func @causal128(%q: tensor<1x2048x2x128xbf16>, %v: tensor<1x2048x2x128xbf16>) -> tensor<1x2048x2x128xbf16> {
  // SM80: schedule(#rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = longest_first, group = 16>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = longest_first, group = 16>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 2048] : tensor<1x2048x2x128xbf16>
  return %o : tensor<1x2048x2x128xbf16>
}

// CHECK-LABEL: @d129
func.func @d129(%q: tensor<1x2048x2x129xbf16>, %v: tensor<1x2048x2x129xbf16>) -> tensor<1x2048x2x129xbf16> {
  // SM80: schedule(#rdattn.sm80<queries = 128, keys = 32, stages = 2, warpgroups = 2, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x129xbf16>
  return %o : tensor<1x2048x2x129xbf16>
}

// CHECK-LABEL: @wide_values
func.func @wide_values(%q: tensor<1x2048x2x64xbf16>, %v: tensor<1x2048x2x256xbf16>) -> tensor<1x2048x2x256xbf16> {
  // SM80: schedule(#rdattn.sm80<queries = 64, keys = 32, stages = 2, warpgroups = 1, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x64xbf16>, tensor<1x2048x2x64xbf16>, tensor<1x2048x2x256xbf16>
  return %o : tensor<1x2048x2x256xbf16>
}

// CHECK-LABEL: @f32_d32
func.func @f32_d32(%q: tensor<1x2048x2x32xf32>, %v: tensor<1x2048x2x32xf32>) -> tensor<1x2048x2x32xf32> {
  // CHECK: schedule(#rdattn.sm80<queries = 128, keys = 32, stages = 2, warpgroups = 2, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x32xf32>
  return %o : tensor<1x2048x2x32xf32>
}

// CHECK-LABEL: @f32_d64
func.func @f32_d64(%q: tensor<1x2048x2x64xf32>, %v: tensor<1x2048x2x64xf32>) -> tensor<1x2048x2x64xf32> {
  // CHECK: schedule(#rdattn.sm80<queries = 128, keys = 32, stages = 2, warpgroups = 2, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x64xf32>
  return %o : tensor<1x2048x2x64xf32>
}

// CHECK-LABEL: @f32_d96
func.func @f32_d96(%q: tensor<1x2048x2x96xf32>, %v: tensor<1x2048x2x96xf32>) -> tensor<1x2048x2x96xf32> {
  // CHECK: schedule(#rdattn.sm80<queries = 64, keys = 32, stages = 2, warpgroups = 1, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x96xf32>
  return %o : tensor<1x2048x2x96xf32>
}

// CHECK-LABEL: @f32_d128
func.func @f32_d128(%q: tensor<1x2048x2x128xf32>, %v: tensor<1x2048x2x128xf32>) -> tensor<1x2048x2x128xf32> {
  // CHECK: schedule(#rdattn.sm80<queries = 64, keys = 32, stages = 2, warpgroups = 1, order = plain, group = 0>)
  // SET: schedule(#rdattn.sm80<queries = 64, keys = 16, stages = 3, warpgroups = 1, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x128xf32>
  return %o : tensor<1x2048x2x128xf32>
}
