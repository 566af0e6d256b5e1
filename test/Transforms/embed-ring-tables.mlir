// RUN: rdattn-opt %s --rdattn-embed-plans -split-input-file -verify-diagnostics | FileCheck %s

// Tables worked out by hand, of two ranks that hold tokens 0 1 and 2 3, of which each
// sees what is not later. Columns: batch, head, first query row; rows, first, stride
// and list of the queries; head, rows, first, stride and list of the keys; the band;
// window and what it counts; what causal compares; whether no item before or after it
// has its rows. At step 1 rank 0 computes nothing. What lies behind the last rank's is
// for calls that have failed.

// CHECK-LABEL: @causal
// CHECK: %[[PLAN:.*]] = rdattn.ring.plan
// CHECK: %[[RANK0:.*]] = rdattn.ring.rank %[[PLAN]] of 2
// CHECK: %[[STARTS:.*]] = arith.constant dense<[0, 1, 2, 2]> : tensor<4xi32>
// CHECK: %[[FROM32:.*]] = tensor.extract %[[STARTS]][%[[RANK0]]]
// CHECK: %[[FROM:.*]] = arith.index_cast %[[FROM32]]
// CHECK: %[[NEXT:.*]] = arith.addi %[[RANK0]], %{{.*}}
// CHECK: %[[TO32:.*]] = tensor.extract %[[STARTS]][%[[NEXT]]]
// CHECK: %[[TO:.*]] = arith.index_cast %[[TO32]]
// CHECK: %[[COUNT:.*]] = arith.subi %[[TO]], %[[FROM]]
// CHECK: %[[ALL:.*]] = arith.constant dense<[
// CHECK-SAME: [0, 0, 0, 2, 0, 1, -1, 0, 2, 0, 1, -1, -2, 0, 0, -1, -1, -1, -1, 1, 1],
// CHECK-SAME: [0, 0, 0, 2, 0, 1, -1, 0, 2, 0, 1, -1, -2, 0, 0, -1, -1, -1, -1, 1, 0]]> : tensor<2x21xi32>
// CHECK: %[[ITEMS:.*]] = tensor.extract_slice %[[ALL]][%[[FROM]], 0] [%[[COUNT]], 21] [1, 1] : tensor<2x21xi32> to tensor<?x21xi32>
// CHECK: arith.constant dense<0> : tensor<4xi32>
// CHECK: %[[LISTS:.*]] = tensor.extract_slice {{.*}} : tensor<0xi32> to tensor<?xi32>
// CHECK: %[[PHASES:.*]] = arith.constant dense<{{\[\[}}0, 1], [0, 1], [0, 0]]> : tensor<3x2xi32>
// CHECK: %[[MINE:.*]] = tensor.extract_slice %[[PHASES]][%[[RANK0]], 0] [1, 2] [1, 1] : tensor<3x2xi32> to tensor<2xi32>
// CHECK: rdattn.ring.launch {{.*}} table(%[[ITEMS]], %[[LISTS]], %[[MINE]] : tensor<?x21xi32>, tensor<?xi32>, tensor<2xi32>)
// CHECK: rdattn.ring.wait
// CHECK: rdattn.ring.rank %[[PLAN]] of 2
// CHECK: arith.constant dense<[0, 0, 1, 1]> : tensor<4xi32>
// CHECK: arith.constant dense<[
// CHECK-SAME: [0, 0, 0, 2, 0, 1, -1, 0, 2, 0, 1, -1, -2, 2, 0, -1, -1, -1, -1, 0, 1]]> : tensor<1x21xi32>
// CHECK: arith.constant dense<{{\[\[}}0, 0], [0, 1], [0, 0]]> : tensor<3x2xi32>
// CHECK-NOT: rdattn.ring.table
#cpu = #rdattn.cpu<queries = 16, keys = 16, lanes = 16, vectors = 1, rows = 2, order = plain>
func.func @causal(%q: tensor<1x2x1x8xf32>, %m: tensor<1x1x2xf32>, %scale: f32, %ring: !rdattn.ring<2, contiguous, tokens = 4>) -> tensor<1x2x1x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, contiguous, tokens = 4>) batch(%c1) rows(%c2) heads(%c1, %c1) causal queries(16) order(plain) classes [contiguous 0 to 4] : !rdattn.ring_schedule
  %t = rdattn.ring.post %plan[%c1] of(%q, %q : tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>)
  %items, %lists, %phases = rdattn.ring.table %plan[%c0] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  %0:4 = rdattn.ring.launch ins(%q, %q, %q : tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x2x1x8xf32>) scale(%scale)
      table(%items, %lists, %phases : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>)
      partial(%q, %m, %m : tensor<1x2x1x8xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>) outs(%q : tensor<1x2x1x8xf32>) initial causal schedule(#cpu)
      -> tensor<1x2x1x8xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>, tensor<1x2x1x8xf32>
  %k, %v = rdattn.ring.wait %t of(%plan) : tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>
  %items1, %lists1, %phases1 = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  %1:4 = rdattn.ring.launch ins(%q, %k, %v : tensor<1x2x1x8xf32>, tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>) scale(%scale)
      table(%items1, %lists1, %phases1 : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>)
      partial(%0#0, %0#1, %0#2 : tensor<1x2x1x8xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>) outs(%0#3 : tensor<1x2x1x8xf32>) causal schedule(#cpu)
      -> tensor<1x2x1x8xf32>, tensor<1x1x2xf32>, tensor<1x1x2xf32>, tensor<1x2x1x8xf32>
  return %1#3 : tensor<1x2x1x8xf32>
}

// -----

// Lists of all ranks lie one after another, each counted from its own; others than
// launches still see the type they were given.

// CHECK-LABEL: @lists
// CHECK: rdattn.ring.rank
// CHECK: %[[SLICE:.*]] = tensor.extract_slice {{.*}} : tensor<{{[1-9][0-9]*}}xi32> to tensor<?xi32>
// CHECK: %[[PHASES:.*]] = tensor.cast %{{.*}} : tensor<2xi32> to tensor<?xi32>
// CHECK: return %{{.*}}, %[[SLICE]], %[[PHASES]]
func.func @lists(%ring: !rdattn.ring<2, zigzag, tokens = 16>) -> (tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%c1) rows(%c8) heads(%c1, %c1) causal queries(16) order(plain) classes [gathered 0 to 16 order hilbert<4x4> window 3] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c0] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items, %lists, %phases : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
}

// -----

// What is not known stays the runtime's to plan: the batch, heads, tokens, the size,
// a step, the tile.

// CHECK-LABEL: @batch
// CHECK: rdattn.ring.table
func.func @batch(%ring: !rdattn.ring<2, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%n) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @heads
// CHECK: rdattn.ring.table
func.func @heads(%ring: !rdattn.ring<2, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%c1) rows(%n) heads(%n, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @tokens
// CHECK: rdattn.ring.table
func.func @tokens(%ring: !rdattn.ring<2, zigzag, tokens = ?>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = ?>) batch(%c1) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @size
// CHECK: rdattn.ring.table
func.func @size(%ring: !rdattn.ring<?, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = 16>) batch(%c1) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @step
// CHECK: rdattn.ring.table
func.func @step(%ring: !rdattn.ring<2, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%c1) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%n] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @past_the_last
// CHECK: rdattn.ring.table
func.func @past_the_last(%ring: !rdattn.ring<2, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%c1) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c2] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @tile
// CHECK: rdattn.ring.table
func.func @tile(%ring: !rdattn.ring<2, zigzag, tokens = 16>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, zigzag, tokens = 16>) batch(%c1) rows(%n) heads(%c1, %c1) classes [contiguous 0 to 16] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// -----

// 16 MiB are 2^22 words. Two ranks of two steps have an item of 21 words for each of
// the batch, and each step of each has two words of phases: with 49932 that is 4194296
// words, and with one more too many.

// CHECK-LABEL: @largest
// CHECK-NOT: rdattn.ring.table
// CHECK: return
func.func @largest(%ring: !rdattn.ring<2, contiguous, tokens = 4>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %b = arith.constant 49932 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, contiguous, tokens = 4>) batch(%b) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 4] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @too_large
// CHECK: rdattn.ring.table
func.func @too_large(%ring: !rdattn.ring<2, contiguous, tokens = 4>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %b = arith.constant 49933 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, contiguous, tokens = 4>) batch(%b) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 4] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// CHECK-LABEL: @beyond_planning
// CHECK: rdattn.ring.table
func.func @beyond_planning(%ring: !rdattn.ring<2, contiguous, tokens = 4>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %b = arith.constant 2147483647 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, contiguous, tokens = 4>) batch(%b) rows(%n) heads(%c1, %c1) queries(16) classes [contiguous 0 to 4] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}

// -----

func.func @grouped(%ring: !rdattn.ring<2, contiguous, tokens = 4>, %n: index) -> tensor<?x21xi32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  // expected-error@+1 {{3 query heads}}
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, contiguous, tokens = 4>) batch(%c1) rows(%n) heads(%c3, %c2) queries(16) classes [contiguous 0 to 4] : !rdattn.ring_schedule
  %items, %lists, %phases = rdattn.ring.table %plan[%c1] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return %items : tensor<?x21xi32>
}
