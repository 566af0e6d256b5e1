// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s

// Size and tokens of a ring are known, or not.

// CHECK-LABEL: @types
// CHECK-SAME: !rdattn.ring<4, contiguous, tokens = 28672>, %{{.*}}: !rdattn.ring<?, zigzag, tokens = ?>, %{{.*}}: !rdattn.ring<1, striped, tokens = 0>
// CHECK-SAME: !rdattn.ring_schedule, %{{.*}}: !rdattn.transfer
func.func @types(%a: !rdattn.ring<4, contiguous, tokens = 28672>, %b: !rdattn.ring<?, zigzag, tokens = ?>,
                 %c: !rdattn.ring<1, striped, tokens = 0>, %d: !rdattn.ring_schedule, %e: !rdattn.transfer) {
  return
}

// A shard is shorter than what lies on the ring: S is the ring's.

// CHECK-LABEL: @attention
// CHECK: rdattn.attention %{{.*}}, %{{.*}}, %{{.*}} causal on(%[[RING:.*]] : !rdattn.ring<4, zigzag, tokens = 10>) scale(5.000000e-01) pattern [4, 6 dilation 2]
func.func @attention(%q: tensor<1x3x2x8xf32>, %ring: !rdattn.ring<4, zigzag, tokens = 10>) -> tensor<1x3x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q causal on(%ring : !rdattn.ring<4, zigzag, tokens = 10>) scale(0.5)
      pattern [4, 6 dilation 2] : tensor<1x3x2x8xf32>
  return %o : tensor<1x3x2x8xf32>
}

// CHECK-LABEL: @attend
// CHECK: rdattn.attend {{.*}} partial on(%{{.*}} : !rdattn.ring<?, striped, tokens = ?>) classes [strided 0 to 10 stride 2]
func.func @attend(%q: tensor<1x?x2x8xf32>, %ring: !rdattn.ring<?, striped, tokens = ?>) -> tensor<1x?x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q partial on(%ring : !rdattn.ring<?, striped, tokens = ?>)
      classes [strided 0 to 10 stride 2] : tensor<1x?x2x8xf32>
  return %o : tensor<1x?x2x8xf32>
}

// CHECK-LABEL: @plan
// CHECK: rdattn.ring.plan on(%{{.*}} : !rdattn.ring<?, zigzag, tokens = ?>) batch(%[[N:.*]]) rows(%[[N]]) heads(%[[N]], %[[N]]) causal queries(256) order(longest_first) classes [contiguous 0 to 8] + [strided 0 to 8 stride 2] per_head
// CHECK: rdattn.ring.plan on(%{{.*}} : !rdattn.ring<?, zigzag, tokens = ?>) batch(%[[N]]) rows(%[[N]]) heads(%[[N]], %[[N]]) classes [contiguous 0 to 8]
func.func @plan(%ring: !rdattn.ring<?, zigzag, tokens = ?>, %n: index) {
  %0 = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) causal
      queries(256) order(longest_first) classes [contiguous 0 to 8] + [strided 0 to 8 stride 2] per_head : !rdattn.ring_schedule
  %1 = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// What ranks do together is neither dropped nor reordered, though nobody uses it.

// CHECK-LABEL: @effects
// CHECK: rdattn.ring.plan
// CHECK-NEXT: rdattn.ring.post %{{.*}}[%[[I:.*]]]
// CHECK-NEXT: rdattn.ring.post %{{.*}}[%[[I]]]
// CHECK-NEXT: rdattn.ring.wait
// RUN: rdattn-opt %s --canonicalize --cse | FileCheck %s
func.func @effects(%ring: !rdattn.ring<?, zigzag, tokens = ?>, %n: index, %k: tensor<1x4x1x8xf32>) {
  %0 = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  %1 = rdattn.ring.post %0[%n] of(%k, %k : tensor<1x4x1x8xf32>, tensor<1x4x1x8xf32>)
  %2 = rdattn.ring.post %0[%n] of(%k, %k : tensor<1x4x1x8xf32>, tensor<1x4x1x8xf32>)
  %3:2 = rdattn.ring.wait %2 of(%0) : tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>
  return
}

// Which rank it is may change when a call fails: what ranks do together lies between.

// CHECK-LABEL: @rank
// CHECK: rdattn.ring.rank %{{.*}} of 4
func.func @rank(%schedule: !rdattn.ring_schedule) -> index {
  %0 = rdattn.ring.rank %schedule of 4
  return %0 : index
}
