// RUN: rdattn-opt %s -convert-rdattn-attention-to-attend | FileCheck %s
// RUN: rdattn-opt %s -convert-rdattn-attention-to-attend -canonicalize | FileCheck %s --check-prefix=CANON

// One branch is one attend; its groups say what the segments say.

// CHECK-LABEL: @one_branch
// CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.attend %{{.*}}, %{{.*}}, %{{.*}} causal scale(1.250000e-01)
// CHECK-SAME: classes [contiguous 0 to 2048, gathered 2048 to 6144 stride 2 order hilbert<64x64>, strided 6144 to 14336 stride 4]
// CHECK-SAME: : tensor<1x14336x12x64xbf16>
// CHECK-NOT: rdattn
// CHECK: return %[[O]], %[[LSE]]
// CANON-LABEL: @one_branch
// CANON: classes [contiguous 0 to 2048, gathered 2048 to 6144 stride 2 order hilbert<64x64> runs 32 by 2, strided 6144 to 14336 stride 4]
func.func @one_branch(%q: tensor<1x14336x12x64xbf16>)
    -> (tensor<1x14336x12x64xbf16>, tensor<1x12x14336xf32>) {
  %o, %lse = rdattn.attention %q, %q, %q causal scale(0.125)
      pattern [2048, 4096 dilation 2 order hilbert, 8192 dilation 4]
      : tensor<1x14336x12x64xbf16>
  return %o, %lse : tensor<1x14336x12x64xbf16>, tensor<1x12x14336xf32>
}

// Several branches are partial attends that meet in a merge (S6).

// CHECK-LABEL: @longnet
// CHECK-SAME: %[[Q:[a-z0-9]*]]: tensor<2x?x8x64xf16>, %[[K:[a-z0-9]*]]: tensor<2x?x4x64xf16>, %[[V:[a-z0-9]*]]: tensor<2x?x4x32xf16>, %[[S:[a-z0-9]*]]: f32
// CHECK: %[[O0:.*]], %[[L0:.*]] = rdattn.attend %[[Q]], %[[K]], %[[V]] partial scale(%[[S]])
// CHECK-SAME: classes [contiguous 0 to 2048 times ? every 2048] per_head :
// CHECK: %[[O1:.*]], %[[L1:.*]] = rdattn.attend %[[Q]], %[[K]], %[[V]] partial scale(%[[S]])
// CHECK-SAME: classes [strided 0 to 4096 stride 2 window 64 times ? every 4096] per_head :
// CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.merge (%[[O0]], %[[L0]]), (%[[O1]], %[[L1]]) detach_mixing : tensor<2x?x8x32xf32> to tensor<2x?x8x32xf16>
// CHECK: return %[[LSE]], %[[O]]
func.func @longnet(%q: tensor<2x?x8x64xf16>, %k: tensor<2x?x4x64xf16>,
                   %v: tensor<2x?x4x32xf16>, %s: f32)
    -> (tensor<2x8x?xf32>, tensor<2x?x8x32xf16>) {
  %o, %lse = rdattn.attention %q, %k, %v scale(%s)
      pattern [2048] repeat per_head + [4096 dilation 2 window 64] repeat per_head detach_mixing
      : tensor<2x?x8x64xf16>, tensor<2x?x4x64xf16>, tensor<2x?x4x32xf16>
  return %lse, %o : tensor<2x8x?xf32>, tensor<2x?x8x32xf16>
}

// Nested regions and several attentions; what follows a list of segments
// repeats with its period.

// CHECK-LABEL: @nested
// CHECK-NOT: rdattn.definition
// CHECK: scf.for
// CHECK: rdattn.attend {{.*}} classes [contiguous 0 to 16 times ? every 48, strided 16 to 48 stride 4 times ? every 48] :
// CHECK: rdattn.attend {{.*}} classes [gathered 0 to 64 order hilbert<4x16> window 8] :
func.func @nested(%q: tensor<1x64x2x8xf32>, %n: index) -> tensor<1x64x2x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %q) -> tensor<1x64x2x8xf32> {
    %o, %lse = rdattn.attention %x, %x, %x pattern [16, 32 dilation 4] repeat : tensor<1x64x2x8xf32>
    scf.yield %o : tensor<1x64x2x8xf32>
  }
  %o, %lse = rdattn.attention %r, %r, %r pattern [64 order hilbert<4x16> window 8]
      : tensor<1x64x2x8xf32>
  return %o : tensor<1x64x2x8xf32>
}

// CHECK: func.func private @elsewhere()
func.func private @elsewhere()
