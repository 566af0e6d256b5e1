// RUN: rdattn-opt %s --rdattn-outline-plans --split-input-file --verify-diagnostics | FileCheck %s

#cpu = #rdattn.cpu<queries = 256, keys = 6, lanes = 16, vectors = 1, rows = 6, order = longest_first>

// E5: the function takes its tables, so that it is the same for every pattern
// of its key; the words say what the runtime is to plan:
//   24 words, format 4, causal, 256 queries, longest first in groups of 16,
//   runs, isolated rows, 1 branch;
//   not per head, 1 group: access, first, length, times, period, stride, grid
//   (none, 0 x 0), window (none, 0), runs of 1 row, 1 apart.

// CHECK-LABEL: func.func @outline
// CHECK-SAME: (%[[Q:.*]]: tensor<1x?x2x8xf32>, %[[SCALE:.*]]: f32, %[[ITEMS:.*]]: tensor<?x9xi32>, %[[ROWS:.*]]: tensor<?xi32>, %[[PHASES:.*]]: tensor<?xi32>)
// CHECK-SAME: rdattn.plan_spec = array<i64: 25, 5, 1, 256, 1, 16, 1, 1, 1, 0, 1, 0, 0, 16, -1, 32, 1, 0, 0, 0, 0, 0, 1, 1, 0>
func.func @outline(%q: tensor<1x?x2x8xf32>, %scale: f32) -> tensor<1x?x2x8xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %s = tensor.dim %q, %c1 : tensor<1x?x2x8xf32>
  // CHECK-NOT: rdattn.plan
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%s) heads(%c2, %c2) causal
      queries(256) order(longest_first) group(16)
      classes [contiguous 0 to 16 times ? every 32]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %empty = tensor.empty(%s) : tensor<1x?x2x8xf32>
  // CHECK: rdattn.launch {{.*}} table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x?x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x?x2x8xf32>) causal epilogue(fill) schedule(#cpu)
  return %o : tensor<1x?x2x8xf32>
}

// -----

// Two branches: a strided group of a window, then a gathered one, per head.

// CHECK-LABEL: func.func @branches
// CHECK-SAME: %{{.*}}: tensor<?x9xi32>, %{{.*}}: tensor<?xi32>, %{{.*}}: tensor<?xi32>)
// CHECK-SAME: array<i64: 40, 5, 0, 8, 0, 0, 1, 1, 2, 0, 1, 1, 0, 16, 1, 0, 2, 0, 0, 0, 1, 3, 1, 1, 1, 1, 2, 4, 8, 1, 0, 2, 1, 4, 2, 0, 0, 1, 1, 0>
func.func @branches(%s: index) {
  %items, %rows, %phases = rdattn.plan batch(%s) tokens(%s) heads(%s, %s) queries(8) order(plain)
      classes [strided 0 to 16 stride 2 window 3] + [gathered 4 to 12 stride 2 order hilbert<4x2>] per_head
      : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>
  return
}

// -----

// CHECK-LABEL: func.func @no_plan
// CHECK-SAME: (%{{[^,]*}}: tensor<1x8xf32>) -> tensor<1x8xf32> {
func.func @no_plan(%q: tensor<1x8xf32>) -> tensor<1x8xf32> {
  return %q : tensor<1x8xf32>
}

// CHECK-LABEL: func.func private @declared()
func.func private @declared()

// -----

func.func @two_plans(%s: index) {
  %i0, %r0, %p0 = rdattn.plan batch(%s) tokens(%s) heads(%s, %s) queries(8) order(plain)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // expected-error@+1 {{'rdattn.plan' op is the function's second plan; only one can become its arguments}}
  %i1, %r1, %p1 = rdattn.plan batch(%s) tokens(%s) heads(%s, %s) queries(8) order(plain)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return
}

// -----

// The schedule of a ring takes the ring's place: the same function serves every pattern.

// CHECK-LABEL: @ring
// CHECK-SAME: (%[[Q:.*]]: tensor<1x?x2x8xf32>, %{{.*}}: f32, %[[SCHEDULE:.*]]: !rdattn.ring_schedule) -> index
// CHECK-SAME: rdattn.plan_spec = array<i64:
// CHECK: %[[STEPS:.*]] = rdattn.ring.steps %[[SCHEDULE]]
// CHECK-NEXT: return %[[STEPS]]
func.func @ring(%q: tensor<1x?x2x8xf32>, %scale: f32, %ring: !rdattn.ring<?, zigzag, tokens = ?>) -> index {
  %c1 = arith.constant 1 : index
  %schedule = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%c1) rows(%c1) heads(%c1, %c1)
      queries(64) order(plain) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %steps = rdattn.ring.steps %schedule
  return %steps : index
}

// -----

func.func @used_ring(%ring: !rdattn.ring<?, zigzag, tokens = ?>) -> !rdattn.ring<?, zigzag, tokens = ?> {
  %c1 = arith.constant 1 : index
  // expected-error@+1 {{must be on a ring that is the function's argument and has no other use}}
  %schedule = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%c1) rows(%c1) heads(%c1, %c1)
      queries(64) order(plain) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  return %ring : !rdattn.ring<?, zigzag, tokens = ?>
}
