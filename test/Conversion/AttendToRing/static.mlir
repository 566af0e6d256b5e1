// RUN: rdattn-opt %s --convert-rdattn-attend-to-ring --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s

// Where size and tokens are static, the steps follow one after another, and the last
// one begins nothing.

// CHECK-LABEL: @explicit
// CHECK-SAME: (%[[Q:.*]]: tensor<1x4x2x8xf32>, %[[RING:.*]]: !rdattn.ring
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
// CHECK: %[[PLAN:.*]] = rdattn.ring.plan
// CHECK: %[[T1:.*]] = rdattn.ring.post %[[PLAN]][%[[C1]]] of(%[[Q]], %[[Q]]
// CHECK: %[[OWN:.*]]:4 = rdattn.ring.attend %[[PLAN]][%[[C0]]] ins(%[[Q]], %[[Q]], %[[Q]] : {{.*}} initial
// CHECK-NEXT: %[[K1:.*]], %[[V1:.*]] = rdattn.ring.wait %[[T1]] of(%[[PLAN]]) : tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>
// CHECK-NEXT: %[[T2:.*]] = rdattn.ring.post %[[PLAN]][%[[C2]]] of(%[[Q]], %[[Q]]
// CHECK-NEXT: %[[ONE:.*]]:4 = rdattn.ring.attend %[[PLAN]][%[[C1]]] ins(%[[Q]], %[[K1]], %[[V1]] : {{.*}} partial(%[[OWN]]#0, %[[OWN]]#1, %[[OWN]]#2 : {{.*}}) outs(%[[OWN]]#3 :
// CHECK-NOT: initial
// CHECK-NEXT: %[[K2:.*]], %[[V2:.*]] = rdattn.ring.wait %[[T2]]
// CHECK-NEXT: %[[TWO:.*]]:4 = rdattn.ring.attend %[[PLAN]][%[[C2]]] ins(%[[Q]], %[[K2]], %[[V2]] : {{.*}} partial(%[[ONE]]#0,
// CHECK-NEXT: rdattn.ring.finish ins(%[[TWO]]#0, %[[TWO]]#1, %[[TWO]]#2 : {{.*}}) outs(%[[TWO]]#3 :
func.func @explicit(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<3, contiguous, tokens = 12>) -> tensor<1x4x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<3, contiguous, tokens = 12>) classes [contiguous 0 to 12] : tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// -----

// A step that moves nothing between any two ranks vanishes: of three only the one
// from rank 1 to rank 2 is left.

// CHECK-LABEL: @vanishing
// CHECK-COUNT-2: rdattn.ring.attend
// CHECK-NOT: rdattn.ring.attend
// CHECK-NOT: scf.for
// CHECK: return
func.func @vanishing(%q: tensor<?x4x?x8xf32>, %ring: !rdattn.ring<4, contiguous, tokens = 16>) -> tensor<?x4x?x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q causal on(%ring : !rdattn.ring<4, contiguous, tokens = 16>)
      classes [contiguous 0 to 4, contiguous 4 to 12, contiguous 12 to 16] : tensor<?x4x?x8xf32>
  return %o : tensor<?x4x?x8xf32>
}

// -----

// Segments inside the shards, or a single rank: nothing is posted.

// CHECK-LABEL: @inside
// CHECK-NOT: rdattn.ring.post
// CHECK-COUNT-1: rdattn.ring.attend {{.*}} initial
// CHECK-NOT: rdattn.ring.{{wait|post|attend|steps}}
// CHECK: rdattn.ring.finish
func.func @inside(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<2, contiguous, tokens = 8>) -> tensor<1x4x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<2, contiguous, tokens = 8>) classes [contiguous 0 to 4, strided 4 to 8 stride 2] : tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// CHECK-LABEL: @alone
// CHECK-NOT: rdattn.ring.post
// CHECK-COUNT-1: rdattn.ring.attend {{.*}} initial
// CHECK-NOT: rdattn.ring.{{wait|post|attend|steps}}
// CHECK: rdattn.ring.finish
func.func @alone(%q: tensor<1x8x2x8xf32>, %ring: !rdattn.ring<1, striped, tokens = 8>) -> tensor<1x8x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<1, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x8x2x8xf32>
  return %o : tensor<1x8x2x8xf32>
}

// -----

// A class that no head computes moves nothing (S7). Here that is the class 1 3, which
// alone is on two ranks, with one head; of unknown heads one may compute it.

// CHECK-LABEL: @no_head
// CHECK-NOT: rdattn.ring.post
// CHECK: return
func.func @no_head(%q: tensor<1x?x1x8xf32>, %ring: !rdattn.ring<2, contiguous, tokens = 5>) -> tensor<1x?x1x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<2, contiguous, tokens = 5>) classes [strided 0 to 4 stride 2, contiguous 4 to 5] per_head : tensor<1x?x1x8xf32>
  return %o : tensor<1x?x1x8xf32>
}

// CHECK-LABEL: @any_heads
// CHECK: rdattn.ring.post
// CHECK-NOT: scf.for
// CHECK: return
func.func @any_heads(%q: tensor<1x?x?x8xf32>, %ring: !rdattn.ring<2, contiguous, tokens = 5>) -> tensor<1x?x?x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<2, contiguous, tokens = 5>) classes [strided 0 to 4 stride 2, contiguous 4 to 5] per_head : tensor<1x?x?x8xf32>
  return %o : tensor<1x?x?x8xf32>
}

// -----

// A dynamic size, dynamic tokens, and more than 64 steps stay a loop.

// CHECK-LABEL: @any_size
// CHECK: scf.for
func.func @any_size(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<?, contiguous, tokens = 12>) -> tensor<1x4x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<?, contiguous, tokens = 12>) classes [contiguous 0 to 12] : tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// CHECK-LABEL: @any_tokens
// CHECK: scf.for
func.func @any_tokens(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<3, contiguous, tokens = ?>) -> tensor<1x4x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<3, contiguous, tokens = ?>) classes [contiguous 0 to 12] : tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// CHECK-LABEL: @many
// CHECK: scf.for
func.func @many(%q: tensor<1x1x2x8xf32>, %ring: !rdattn.ring<65, contiguous, tokens = 65>) -> tensor<1x1x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<65, contiguous, tokens = 65>) classes [contiguous 0 to 65] : tensor<1x1x2x8xf32>
  return %o : tensor<1x1x2x8xf32>
}
