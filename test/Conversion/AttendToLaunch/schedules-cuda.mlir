// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=target=cuda | FileCheck %s
// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch="target=cuda cpu=pentium-9" | FileCheck %s

// The schedule of a Hopper GPU follows from D and Dv, causal and the classes,
// and the plan from the schedule. The CPU has no say in it.

// The wider of D and Dv decides.

// CHECK-LABEL: @d1
func.func @d1(%q: tensor<1x2048x2x1xbf16>, %v: tensor<1x2048x2x1xbf16>) -> tensor<1x2048x2x1xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x1xbf16>
  return %o : tensor<1x2048x2x1xbf16>
}

// CHECK-LABEL: @d64
func.func @d64(%q: tensor<1x2048x2x64xf16>, %v: tensor<1x2048x2x64xf16>) -> tensor<1x2048x2x64xf16> {
  // CHECK: rdattn.plan {{.*}} queries(192) order(plain) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x64xf16>
  return %o : tensor<1x2048x2x64xf16>
}

// CHECK-LABEL: @d65
func.func @d65(%q: tensor<1x2048x2x65xbf16>, %v: tensor<1x2048x2x65xbf16>) -> tensor<1x2048x2x65xbf16> {
  // CHECK: rdattn.plan {{.*}} queries(128) order(plain) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x65xbf16>
  return %o : tensor<1x2048x2x65xbf16>
}

// CHECK-LABEL: @d128
func.func @d128(%q: tensor<1x2048x2x128xbf16>, %v: tensor<1x2048x2x128xbf16>) -> tensor<1x2048x2x128xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x128xbf16>
  return %o : tensor<1x2048x2x128xbf16>
}

// CHECK-LABEL: @d129
func.func @d129(%q: tensor<1x2048x2x129xbf16>, %v: tensor<1x2048x2x129xbf16>) -> tensor<1x2048x2x129xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x129xbf16>
  return %o : tensor<1x2048x2x129xbf16>
}

// CHECK-LABEL: @d192
func.func @d192(%q: tensor<1x2048x2x192xbf16>, %v: tensor<1x2048x2x192xbf16>) -> tensor<1x2048x2x192xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x192xbf16>
  return %o : tensor<1x2048x2x192xbf16>
}

// CHECK-LABEL: @d256
func.func @d256(%q: tensor<1x2048x2x256xbf16>, %v: tensor<1x2048x2x256xbf16>) -> tensor<1x2048x2x256xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 80, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x256xbf16>
  return %o : tensor<1x2048x2x256xbf16>
}

// CHECK-LABEL: @wide_values
func.func @wide_values(%q: tensor<1x2048x2x64xbf16>, %v: tensor<1x2048x2x192xbf16>) -> tensor<1x2048x2x192xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x64xbf16>, tensor<1x2048x2x64xbf16>, tensor<1x2048x2x192xbf16>
  return %o : tensor<1x2048x2x192xbf16>
}

// CHECK-LABEL: @wide_keys
func.func @wide_keys(%q: tensor<1x2048x2x256xbf16>, %v: tensor<1x2048x2x64xbf16>) -> tensor<1x2048x2x64xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 80, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 2048] : tensor<1x2048x2x256xbf16>, tensor<1x2048x2x256xbf16>, tensor<1x2048x2x64xbf16>
  return %o : tensor<1x2048x2x64xbf16>
}

// E5: causal items differ in length: the long ones go first, in groups of heads.
// The fewer the wider a row is.

// CHECK-LABEL: @causal64
func.func @causal64(%q: tensor<1x4096x2x64xbf16>, %v: tensor<1x4096x2x64xbf16>) -> tensor<1x4096x2x64xbf16> {
  // CHECK: rdattn.plan {{.*}} queries(192) order(longest_first) group(32) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = longest_first, group = 32>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 4096] : tensor<1x4096x2x64xbf16>
  return %o : tensor<1x4096x2x64xbf16>
}

// CHECK-LABEL: @causal128
func.func @causal128(%q: tensor<1x4096x2x128xbf16>, %v: tensor<1x4096x2x128xbf16>) -> tensor<1x4096x2x128xbf16> {
  // CHECK: rdattn.plan {{.*}} queries(128) order(longest_first) group(16) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = longest_first, group = 16>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 4096] : tensor<1x4096x2x128xbf16>
  return %o : tensor<1x4096x2x128xbf16>
}

// CHECK-LABEL: @causal192
func.func @causal192(%q: tensor<1x4096x2x192xbf16>, %v: tensor<1x4096x2x192xbf16>) -> tensor<1x4096x2x192xbf16> {
  // CHECK: rdattn.plan {{.*}} queries(128) order(longest_first) group(8) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = longest_first, group = 8>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 4096] : tensor<1x4096x2x192xbf16>
  return %o : tensor<1x4096x2x192xbf16>
}

// CHECK-LABEL: @causal256
func.func @causal256(%q: tensor<1x4096x2x256xbf16>, %v: tensor<1x4096x2x256xbf16>) -> tensor<1x4096x2x256xbf16> {
  // CHECK: rdattn.plan {{.*}} queries(128) order(longest_first) group(4) without_runs without_isolation classes
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 80, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = longest_first, group = 4>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 4096] : tensor<1x4096x2x256xbf16>
  return %o : tensor<1x4096x2x256xbf16>
}

// Rows in lists are asked for a stage earlier where shared memory has room; at D 64
// their copies take registers that wider tiles would.

// CHECK-LABEL: @gathered64
func.func @gathered64(%q: tensor<1x8192x2x64xbf16>, %v: tensor<1x8192x2x64xbf16>) -> tensor<1x8192x2x64xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 192, keys = 96, stages = 3, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>] : tensor<1x8192x2x64xbf16>
  return %o : tensor<1x8192x2x64xbf16>
}

// CHECK-LABEL: @gathered128
func.func @gathered128(%q: tensor<1x8192x2x128xbf16>, %v: tensor<1x8192x2x128xbf16>) -> tensor<1x8192x2x128xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 3, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>] : tensor<1x8192x2x128xbf16>
  return %o : tensor<1x8192x2x128xbf16>
}

// CHECK-LABEL: @gathered192
func.func @gathered192(%q: tensor<1x8192x2x192xbf16>, %v: tensor<1x8192x2x192xbf16>) -> tensor<1x8192x2x192xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 112, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>] : tensor<1x8192x2x192xbf16>
  return %o : tensor<1x8192x2x192xbf16>
}

// CHECK-LABEL: @gathered256
func.func @gathered256(%q: tensor<1x8192x2x256xbf16>, %v: tensor<1x8192x2x256xbf16>) -> tensor<1x8192x2x256xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 80, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>] : tensor<1x8192x2x256xbf16>
  return %o : tensor<1x8192x2x256xbf16>
}

// CHECK-LABEL: @causal_gathered
func.func @causal_gathered(%q: tensor<1x8192x2x64xbf16>, %v: tensor<1x8192x2x64xbf16>) -> tensor<1x8192x2x64xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 192, keys = 96, stages = 3, consumers = 3, lanes = 4, pingpong = true, order = longest_first, group = 32>)
  %o, %lse = rdattn.attend %q, %q, %v causal classes [contiguous 0 to 4096, gathered 4096 to 8192 stride 2 order hilbert<64x64>] : tensor<1x8192x2x64xbf16>
  return %o : tensor<1x8192x2x64xbf16>
}

// Any branch of a merge may hold the lists.

// CHECK-LABEL: @branches
func.func @branches(%q: tensor<1x4096x2x128xbf16>) -> tensor<1x4096x2x128xbf16> {
  // CHECK: rdattn.launch {{.*}} epilogue(merge) schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 3, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 4096] : tensor<1x4096x2x128xbf16>
  %1:2 = rdattn.attend %q, %q, %q partial classes [gathered 0 to 4096 stride 2 order hilbert<64x64>] : tensor<1x4096x2x128xbf16>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1)
      : tensor<1x4096x2x128xf32> to tensor<1x4096x2x128xbf16>
  return %o : tensor<1x4096x2x128xbf16>
}

// Strides, windows and lengths, known or not, change nothing.

// CHECK-LABEL: @strided
func.func @strided(%q: tensor<1x8192x2x128xbf16>, %v: tensor<1x8192x2x128xbf16>) -> tensor<1x8192x2x128xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [strided 0 to 8192 stride 4] : tensor<1x8192x2x128xbf16>
  return %o : tensor<1x8192x2x128xbf16>
}

// CHECK-LABEL: @windowed
func.func @windowed(%q: tensor<1x4096x2x128xbf16>, %v: tensor<1x4096x2x128xbf16>) -> tensor<1x4096x2x128xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096 window 512] : tensor<1x4096x2x128xbf16>
  return %o : tensor<1x4096x2x128xbf16>
}

// CHECK-LABEL: @dynamic
func.func @dynamic(%q: tensor<1x?x2x128xbf16>, %v: tensor<1x?x2x128xbf16>) -> tensor<1x?x2x128xbf16> {
  // CHECK: schedule(#rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>)
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 4096] : tensor<1x?x2x128xbf16>
  return %o : tensor<1x?x2x128xbf16>
}
