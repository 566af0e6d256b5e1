// RUN: rdattn-opt %s --rdattn-embed-plans --split-input-file --verify-diagnostics | FileCheck %s

// Tables worked out by hand. Columns: batch, head, first query row, rows of the
// class, first token, stride, offset in the list of rows or -1, rows per entry,
// window.

#two = #rdattn.cpu<queries = 2, keys = 2, lanes = 2, vectors = 1, rows = 2, order = plain>

// E3, E5: tokens 0 1 2, then 3 5 and 4; two query heads; two rows an item.

// CHECK-LABEL: @strided
func.func @strided(%q: tensor<1x6x2x8xf32>, %kv: tensor<1x6x1x8xf32>, %scale: f32) -> tensor<1x6x2x8xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c6 = arith.constant 6 : index
  // CHECK: %[[ITEMS:.*]] = arith.constant dense<[
  // CHECK-SAME: [0, 0, 0, 3, 0, 1, -1, 1, 0], [0, 0, 2, 3, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 1, 0, 3, 0, 1, -1, 1, 0], [0, 1, 2, 3, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 2, 3, 2, -1, 1, 0], [0, 1, 0, 2, 3, 2, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 1, 4, 1, -1, 1, 0], [0, 1, 0, 1, 4, 1, -1, 1, 0]]> : tensor<8x9xi32>
  // CHECK: %[[ROWS:.*]] = arith.constant dense<> : tensor<0xi32>
  // CHECK: %[[PHASES:.*]] = arith.constant dense<[0, 8]> : tensor<2xi32>
  // CHECK-NOT: rdattn.plan
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c6) heads(%c2, %c1)
      queries(2) order(plain) classes [contiguous 0 to 3, strided 3 to 6 stride 2]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %empty = tensor.empty() : tensor<1x6x2x8xf32>
  // CHECK: rdattn.launch {{.*}} table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] : tensor<8x9xi32>, tensor<0xi32>, tensor<2xi32>)
  %o = rdattn.launch ins(%q, %kv, %kv : tensor<1x6x2x8xf32>, tensor<1x6x1x8xf32>, tensor<1x6x1x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x6x2x8xf32>) epilogue(store) schedule(#two)
  return %o : tensor<1x6x2x8xf32>
}

// -----

// E2, S3: a curve of 2x2 visits tokens 0, 2, 3, 1. Without a window the classes
// 0 3 and 2 1 are sorted; with one the class 0 2 3 1 stays as the curve goes.

#two = #rdattn.cpu<queries = 2, keys = 2, lanes = 2, vectors = 1, rows = 2, order = plain>

// CHECK-LABEL: @gathered
func.func @gathered(%q: tensor<1x8x1x8xf32>, %scale: f32) -> tensor<1x8x1x8xf32> {
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  // CHECK: dense<[
  // CHECK-SAME: [0, 0, 0, 2, 0, 1, 0, 1, 0], [0, 0, 0, 2, 0, 1, 2, 1, 0],
  // CHECK-SAME: [0, 0, 0, 4, 4, 1, 4, 1, 2], [0, 0, 2, 4, 4, 1, 4, 1, 2]]> : tensor<4x9xi32>
  // CHECK: dense<[0, 3, 1, 2, 0, 2, 3, 1]> : tensor<8xi32>
  // CHECK: dense<[0, 4]> : tensor<2xi32>
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c8) heads(%c1, %c1)
      queries(2) order(plain)
      classes [gathered 0 to 4 stride 2 order hilbert<2x2>, gathered 4 to 8 order hilbert<2x2> window 2]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %empty = tensor.empty() : tensor<1x8x1x8xf32>
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x8x1x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x8x1x8xf32>) gathered windowed epilogue(store) schedule(#two)
  return %o : tensor<1x8x1x8xf32>
}

// -----

// Branches one after the other (S6), head h in class h only (S7), and in each
// branch the items with most keys first (E5).

#two = #rdattn.cpu<queries = 2, keys = 2, lanes = 2, vectors = 1, rows = 2, order = longest_first>

// CHECK-LABEL: @branches
func.func @branches(%q: tensor<1x4x2x8xf32>, %scale: f32) -> tensor<1x4x2x8xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  // CHECK: dense<[
  // CHECK-SAME: [0, 0, 2, 4, 0, 1, -1, 1, 0], [0, 1, 2, 4, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 4, 0, 1, -1, 1, 0], [0, 1, 0, 4, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 2, 0, 2, -1, 1, 0], [0, 1, 0, 2, 1, 2, -1, 1, 0]]> : tensor<6x9xi32>
  // CHECK: dense<[0, 4, 6]> : tensor<3xi32>
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c4) heads(%c2, %c2) causal
      queries(2) order(longest_first)
      classes [contiguous 0 to 4] + [strided 0 to 4 stride 2] per_head
      : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>
  %empty = tensor.empty() : tensor<1x4x2x8xf32>
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x4x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>)
      outs(%empty : tensor<1x4x2x8xf32>) causal epilogue(merge) schedule(#two)
  return %o : tensor<1x4x2x8xf32>
}

// -----

// E5: longest first inside groups of two (class, batch, head) triples.

// CHECK-LABEL: @groups
func.func @groups() -> tensor<?x9xi32> {
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  // CHECK: dense<[
  // CHECK-SAME: [0, 0, 2, 4, 0, 1, -1, 1, 0], [0, 1, 2, 4, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 4, 0, 1, -1, 1, 0], [0, 1, 0, 4, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 2, 2, 4, 0, 1, -1, 1, 0], [0, 2, 0, 4, 0, 1, -1, 1, 0]]> : tensor<6x9xi32>
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c4) heads(%c3, %c3) causal
      queries(2) order(longest_first) group(2) classes [contiguous 0 to 4]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %items : tensor<?x9xi32>
}

// -----

// S2: S = 5 cuts the third of the segments that repeat; two batches.

// CHECK-LABEL: @repeat
func.func @repeat() -> (tensor<?x9xi32>, tensor<2xi32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c5 = arith.constant 5 : index
  // CHECK: %[[ITEMS:.*]] = arith.constant dense<[
  // CHECK-SAME: [0, 0, 0, 2, 0, 1, -1, 1, 0], [1, 0, 0, 2, 0, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 2, 2, 1, -1, 1, 0], [1, 0, 0, 2, 2, 1, -1, 1, 0],
  // CHECK-SAME: [0, 0, 0, 1, 4, 1, -1, 1, 1], [1, 0, 0, 1, 4, 1, -1, 1, 1]]> : tensor<6x9xi32>
  // Other users than a launch still get the type they asked for.
  // CHECK: %[[CAST:.*]] = tensor.cast %[[ITEMS]] : tensor<6x9xi32> to tensor<?x9xi32>
  %items, %rows, %phases = rdattn.plan batch(%c2) tokens(%c5) heads(%c1, %c1)
      queries(16) order(plain) classes [contiguous 0 to 2 times ? every 2]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // CHECK: return %[[CAST]], %
  return %items, %phases : tensor<?x9xi32>, tensor<2xi32>
}

// -----

// Nothing to do is a table of no rows: S = 0, B = 0.

// CHECK-LABEL: @empty
func.func @empty() -> (tensor<?x9xi32>, tensor<?x9xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK-COUNT-2: arith.constant dense<> : tensor<0x9xi32>
  // CHECK-NOT: rdattn.plan
  %i0, %r0, %p0 = rdattn.plan batch(%c1) tokens(%c0) heads(%c1, %c1)
      queries(2) order(plain) classes [contiguous 0 to 4] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %i1, %r1, %p1 = rdattn.plan batch(%c0) tokens(%c1) heads(%c1, %c1)
      queries(2) order(plain) classes [contiguous 0 to 4] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %i0, %i1 : tensor<?x9xi32>, tensor<?x9xi32>
}

// -----

// A size that is not known is planned for at run time.

// CHECK-LABEL: @dynamic
// CHECK-SAME: (%[[S:.*]]: index)
func.func @dynamic(%s: index) -> tensor<?x9xi32> {
  %c1 = arith.constant 1 : index
  // CHECK-NOT: dense
  // CHECK: rdattn.plan {{.*}} tokens(%[[S]])
  // CHECK-NOT: dense
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%s) heads(%c1, %c1)
      queries(2) order(plain) classes [contiguous 0 to 4] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %items : tensor<?x9xi32>
}

// -----

// So is a plan that bufferisation has been over already.

// CHECK-LABEL: @memref
func.func @memref() -> memref<?x9xi32> {
  %c1 = arith.constant 1 : index
  // CHECK: rdattn.plan {{.*}} : memref<?x9xi32>, memref<?xi32>, memref<2xi32>
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c1) heads(%c1, %c1)
      queries(2) order(plain) classes [contiguous 0 to 4] : memref<?x9xi32>, memref<?xi32>, memref<2xi32>
  return %items : memref<?x9xi32>
}

// -----

// And so are tables too large to carry in a module.

// CHECK-LABEL: @large
func.func @large() -> (tensor<?x9xi32>, tensor<?xi32>) {
  %c1 = arith.constant 1 : index
  %c2e9 = arith.constant 2000000000 : index
  // CHECK-COUNT-2: rdattn.plan
  // CHECK-NOT: rdattn.plan
  %i0, %r0, %p0 = rdattn.plan batch(%c1) tokens(%c2e9) heads(%c1, %c1)
      queries(256) order(plain) classes [contiguous 0 to 16 times ? every 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %i1, %r1, %p1 = rdattn.plan batch(%c1) tokens(%c2e9) heads(%c1, %c1)
      queries(2000000000) order(plain)
      classes [gathered 0 to 2000000000 stride 1 order hilbert<50000x40000> window 2] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %i0, %r1 : tensor<?x9xi32>, tensor<?xi32>
}

// -----

// S2

func.func @too_long() -> tensor<?x9xi32> {
  %c1 = arith.constant 1 : index
  %c20 = arith.constant 20 : index
  // expected-error@+1 {{'rdattn.plan' op S = 20 is longer than the pattern's 16 tokens; shorten the input, lengthen a segment, or let the branch `repeat`}}
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%c20) heads(%c1, %c1)
      queries(2) order(plain) classes [contiguous 0 to 4, contiguous 4 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %items : tensor<?x9xi32>
}

// -----

func.func @heads() -> tensor<?x9xi32> {
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  // expected-error@+1 {{'rdattn.plan' op H = 3 query heads must be a multiple of G = 2 key/value heads}}
  %items, %rows, %phases = rdattn.plan batch(%c2) tokens(%c2) heads(%c3, %c2)
      queries(2) order(plain) classes [contiguous 0 to 4] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %items : tensor<?x9xi32>
}

// -----

// The rows 4 and 5 that S leaves of a dilated segment: one class with a window
// of 1, or, for a kernel that knows no window, two classes.

// CHECK-LABEL: @lone_rows
func.func @lone_rows() -> (tensor<?x9xi32>, tensor<?x9xi32>) {
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  // CHECK-DAG: dense<{{\[}}[0, 0, 0, 4, 0, 1, -1, 1, 0], [0, 0, 0, 2, 4, 1, -1, 1, 1]]> : tensor<2x9xi32>
  %0:3 = rdattn.plan batch(%c1) tokens(%c6) heads(%c1, %c1)
      queries(8) order(plain) classes [contiguous 0 to 4, strided 4 to 8 stride 2]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // CHECK-DAG: dense<{{\[}}[0, 0, 0, 4, 0, 1, -1, 1, 0], [0, 0, 0, 1, 4, 1, -1, 1, 0], [0, 0, 0, 1, 5, 1, -1, 1, 0]]> : tensor<3x9xi32>
  %1:3 = rdattn.plan batch(%c1) tokens(%c6) heads(%c1, %c1)
      queries(8) order(plain) without_isolation classes [contiguous 0 to 4, strided 4 to 8 stride 2]
      : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  return %0#0, %1#0 : tensor<?x9xi32>, tensor<?x9xi32>
}
