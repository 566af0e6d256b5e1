// RUN: rdattn-opt %s -allow-unregistered-dialect --convert-rdattn-ring-to-llvm --canonicalize -split-input-file -verify-diagnostics | FileCheck %s --implicit-check-not="= rdattn.ring.{{[^d]}}"

// Handles are pointers, a transfer the number of its step. What calls write their
// results to lies outside the loop.

// CHECK-LABEL: llvm.mlir.global internal constant @rdattn_plan_words
// CHECK-LABEL: func.func @loop(
// CHECK-SAME: %[[RING:.*]]: !llvm.ptr, %[[K:.*]]: memref<1x4x1x8xf32>, %[[N:.*]]: index)
// CHECK-DAG: %[[CALL:.*]] = call @rdattn_current_call()
// CHECK-DAG: %[[WORDS:.*]] = llvm.mlir.addressof @rdattn_plan_words
// CHECK: %[[PLAN:.*]] = call @rdattn_ring_plan(%[[CALL]], %[[RING]], %[[WORDS]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64, i64, i64) -> !llvm.ptr
// CHECK: call @rdattn_ring_partial(%[[PLAN]], %[[PO:[^,]*]], %{{[^,]*}}, %{{[^,]*}})
// CHECK: llvm.load %[[PO]]
// CHECK: call @rdattn_ring_post(%[[PLAN]], %[[FIRST:[^,]*]], %{{.*}}, %{{.*}})
// CHECK: call @rdattn_ring_steps(%[[PLAN]]) : (!llvm.ptr) -> i64
// CHECK: scf.for {{.*}} iter_args(%[[STEP:.*]] = %[[FIRST]]) -> (i64)
// CHECK-NOT: llvm.alloca
// CHECK: func.call @rdattn_ring_wait(%[[PLAN]], %[[STEP]], %[[KS:.*]], %{{.*}})
// CHECK: llvm.load %[[KS]]
// CHECK: func.call @rdattn_ring_table(%[[PLAN]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}})
// CHECK: func.call @rdattn_ring_post(%[[PLAN]], %[[NEXT:[^,]*]],
// CHECK: scf.yield %[[NEXT]] : i64
func.func @loop(%ring: !rdattn.ring<?, zigzag, tokens = ?>, %k: memref<1x4x1x8xf32>, %n: index) {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) queries(64) order(plain) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  %partial:3 = rdattn.ring.partial %plan : memref<1x4x2x8xf32>, memref<1x2x4xf32>, memref<1x2x4xf32>
  "test.use"(%partial#0, %partial#1, %partial#2) : (memref<1x4x2x8xf32>, memref<1x2x4xf32>, memref<1x2x4xf32>) -> ()
  %first = rdattn.ring.post %plan[%c1] of(%k, %k : memref<1x4x1x8xf32>, memref<1x4x1x8xf32>)
  %steps = rdattn.ring.steps %plan
  %last = scf.for %i = %c1 to %steps step %c1 iter_args(%t = %first) -> (!rdattn.transfer) {
    %ki, %vi = rdattn.ring.wait %t of(%plan) : memref<1x?x1x8xf32>, memref<1x?x1x8xf32>
    %items, %lists, %phases = rdattn.ring.table %plan[%i] : memref<?x21xi32>, memref<?xi32>, memref<?xi32>
    "test.use"(%ki, %vi, %items, %lists, %phases) : (memref<1x?x1x8xf32>, memref<1x?x1x8xf32>, memref<?x21xi32>, memref<?xi32>, memref<?xi32>) -> ()
    %j = arith.addi %i, %c1 : index
    %next = rdattn.ring.post %plan[%j] of(%k, %k : memref<1x4x1x8xf32>, memref<1x4x1x8xf32>)
    scf.yield %next : !rdattn.transfer
  }
  return
}

// -----

// What is static of a ring is checked when it runs.

// CHECK-LABEL: func.func @static(
// CHECK-SAME: %[[RING:.*]]: !llvm.ptr,
// CHECK-DAG: %[[SIZE:.*]] = llvm.mlir.constant(4 : i64)
// CHECK-DAG: %[[ANY:.*]] = llvm.mlir.constant(-1 : i64)
// CHECK: call @rdattn_ring_check(%{{.*}}, %[[RING]], %[[SIZE]], %[[ANY]])
// CHECK: call @rdattn_ring_plan
func.func @static(%ring: !rdattn.ring<4, zigzag, tokens = ?>, %n: index) {
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<4, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) queries(64) order(plain) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// -----

func.func @no_tile(%ring: !rdattn.ring<?, zigzag, tokens = ?>, %n: index) {
  // expected-error@+2 {{failed to legalize operation 'rdattn.ring.plan'}}
  // expected-error@+1 {{needs the tile of a launch, which convert-rdattn-attend-to-launch gives it}}
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) batch(%n) rows(%n) heads(%n, %n) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// -----

// CHECK-LABEL: func.func @rank(
// CHECK-SAME: %[[PLAN:.*]]: !llvm.ptr)
// CHECK: %[[SIZE:.*]] = llvm.mlir.constant(4 : i64)
// CHECK: %[[RANK:.*]] = call @rdattn_schedule_rank(%[[PLAN]], %[[SIZE]]) : (!llvm.ptr, i64) -> i64
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[RANK]] : i64 to index
// CHECK: return %[[INDEX]]
func.func @rank(%plan: !rdattn.ring_schedule) -> index {
  %rank = rdattn.ring.rank %plan of 4
  return %rank : index
}

// -----

// What names kernels stays, and is told by casts what its handles have become.

gpu.binary @packs [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "\7FELF">]

// CHECK-LABEL: func.func @dispatched(
// CHECK-SAME: %[[PLAN:[^:]*]]: !llvm.ptr
// CHECK: %[[SCHEDULE:.*]] = builtin.unrealized_conversion_cast %[[PLAN]] : !llvm.ptr to !rdattn.ring_schedule
// CHECK: %[[TRANSFER:.*]] = rdattn.ring.dispatch_post @packs [{{.*}}] %[[SCHEDULE]][
// CHECK: %[[STEP:.*]] = builtin.unrealized_conversion_cast %[[TRANSFER]] : !rdattn.transfer to i64
// CHECK: call @rdattn_ring_wait(%[[PLAN]], %[[STEP]],
func.func @dispatched(%plan: !rdattn.ring_schedule, %i: index, %k: memref<1x4x1x8xf32>) {
  %t = rdattn.ring.dispatch_post @packs [#rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>]
      %plan[%i] of(%k, %k : memref<1x4x1x8xf32>, memref<1x4x1x8xf32>)
  %ki, %vi = rdattn.ring.wait %t of(%plan) : memref<1x?x1x8xf32>, memref<1x?x1x8xf32>
  "test.use"(%ki, %vi) : (memref<1x?x1x8xf32>, memref<1x?x1x8xf32>) -> ()
  return
}
