// RUN: rdattn-opt %s --convert-rdattn-plan-to-llvm | FileCheck %s

// A plan that is left is a call of the runtime's planner with the plan's words:
// 40 of them, format 5, causal, 64 queries, plain order, not in groups, runs,
// isolated rows, 2 branches; not per head, 1 group: contiguous from 0, length 16, any times,
// every 16, stride 1, no grid, no window, runs of 1 row; per head, 1 group:
// gathered from 0, length 16, once, stride 2, grid 4 x 4, a window of 3; no ring.

// CHECK-DAG: llvm.mlir.global internal constant @[[OTHER:rdattn_plan_words.*]](dense<[25, 5, 0, 8, 1, 0, 1, 1, 1, 0, 1, 1, 0, 16, 1, 0, 2, 0, 0, 0, 0, 0, 1, 1, 0]> : tensor<25xi64>)
// CHECK-DAG: llvm.mlir.global internal constant @[[WORDS:rdattn_plan_words.*]](dense<[40, 5, 1, 64, 0, 0, 1, 1, 2, 0, 1, 0, 0, 16, -1, 16, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 0, 16, 1, 0, 2, 1, 4, 4, 1, 3, 1, 1, 0]> : tensor<40xi64>)
// CHECK-DAG: func.func private @rdattn_plan(!llvm.ptr, !llvm.ptr, i64, i64, i64, i64, i64, !llvm.ptr, !llvm.ptr, !llvm.ptr)

// CHECK-LABEL: func.func @plan(
// CHECK-SAME: %[[B:.*]]: index, %[[S:.*]]: index, %[[H:.*]]: index, %[[G:.*]]: index)
func.func @plan(%b: index, %s: index, %h: index, %g: index) -> (i32, i32, i32) {
  // CHECK: %[[COUNT:.*]] = llvm.mlir.constant(40 : i64)
  // CHECK: %[[CALL:.*]] = call @rdattn_current_call()
  // CHECK: %[[POINTER:.*]] = llvm.mlir.addressof @[[WORDS]]
  // CHECK: %[[B64:.*]] = arith.index_cast %[[B]] : index to i64
  // CHECK: %[[S64:.*]] = arith.index_cast %[[S]] : index to i64
  // CHECK: %[[H64:.*]] = arith.index_cast %[[H]] : index to i64
  // CHECK: %[[G64:.*]] = arith.index_cast %[[G]] : index to i64
  // CHECK: %[[ITEMS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
  // CHECK: %[[ROWS:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
  // CHECK: %[[PHASES:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
  // CHECK: call @rdattn_plan(%[[CALL]], %[[POINTER]], %[[COUNT]], %[[B64]], %[[S64]], %[[H64]], %[[G64]], %[[ITEMS]], %[[ROWS]], %[[PHASES]])
  // CHECK-DAG: %[[ITEMS_STRUCT:.*]] = llvm.load %[[ITEMS]]
  // CHECK-DAG: %[[ITEMS_MEMREF:.*]] = builtin.unrealized_conversion_cast %[[ITEMS_STRUCT]] : {{.*}} to memref<?x9xi32>
  // CHECK-DAG: %[[ROWS_STRUCT:.*]] = llvm.load %[[ROWS]]
  // CHECK-DAG: %[[ROWS_MEMREF:.*]] = builtin.unrealized_conversion_cast %[[ROWS_STRUCT]] : {{.*}} to memref<?xi32>
  // CHECK-DAG: %[[PHASES_STRUCT:.*]] = llvm.load %[[PHASES]]
  // CHECK-DAG: %[[PHASES_MEMREF:.*]] = builtin.unrealized_conversion_cast %[[PHASES_STRUCT]] : {{.*}} to memref<3xi32>
  %items, %rows, %phases = rdattn.plan batch(%b) tokens(%s) heads(%h, %g) causal
      queries(64) order(plain)
      classes [contiguous 0 to 16 times ? every 16] + [gathered 0 to 16 stride 2 order hilbert<4x4> window 3] per_head
      : memref<?x9xi32>, memref<?xi32>, memref<3xi32>
  %c0 = arith.constant 0 : index
  // CHECK: memref.load %[[ITEMS_MEMREF]]
  %0 = memref.load %items[%c0, %c0] : memref<?x9xi32>
  // CHECK: memref.load %[[ROWS_MEMREF]]
  %1 = memref.load %rows[%c0] : memref<?xi32>
  // CHECK: memref.load %[[PHASES_MEMREF]]
  %2 = memref.load %phases[%c0] : memref<3xi32>
  return %0, %1, %2 : i32, i32, i32
}

// Another plan has words of its own and shares the declaration.

// CHECK-LABEL: func.func @other_plan(
func.func @other_plan(%s: index) -> i32 {
  // CHECK: llvm.mlir.addressof @[[OTHER]]
  // CHECK: call @rdattn_plan(
  %items, %rows, %phases = rdattn.plan batch(%s) tokens(%s) heads(%s, %s)
      queries(8) order(longest_first) classes [strided 0 to 16 stride 2]
      : memref<?x9xi32>, memref<?xi32>, memref<2xi32>
  %c0 = arith.constant 0 : index
  %0 = memref.load %phases[%c0] : memref<2xi32>
  return %0 : i32
}
