// RUN: rdattn-opt %s --convert-rdattn-dispatch-to-llvm | FileCheck %s --implicit-check-not=gpu.

gpu.binary @code [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "\7FELF">]

gpu.binary @packs [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "\7FELF">]

#elements = #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>
#map = #rdattn.kernel<"map", kind = map, roles = "mqkvAXYosirc", threads = 384, shared = 197632>

// The steps of a ring that run the same kernels have one program.

// CHECK-LABEL: func.func @steps(
func.func @steps(%q: memref<1x8x2x64xbf16>, %k: memref<1x?x1x64xbf16>, %scale: f32, %items: memref<?x21xi32>,
                 %list: memref<?xi32>, %p: memref<1x8x2x64xf32>, %m: memref<1x2x8xf32>) {
  // CHECK: %[[PROGRAM:.*]] = llvm.mlir.addressof @[[NAME:rdattn_program(_[0-9]+)?]] :
  // CHECK: %[[NULL:.*]] = llvm.mlir.zero
  // CHECK-DAG: %[[INITIAL:.*]] = llvm.mlir.constant(1 : i64)
  // CHECK-DAG: %[[ROOM:.*]] = llvm.mlir.constant(0 : i64)
  // CHECK: call @rdattn_cuda_ring_launch(%{{.*}}, %[[PROGRAM]], %{{.*}}, %[[NULL]], %[[INITIAL]], %[[ROOM]])
  rdattn.ring.dispatch @code [#map] ins(%q, %q, %q : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>)
      outs(%q : memref<1x8x2x64xbf16>) initial tile(128x128)
  // CHECK: llvm.mlir.addressof @[[NAME]] :
  // CHECK-DAG: %[[LATER:.*]] = llvm.mlir.constant(0 : i64)
  // CHECK-DAG: %[[SIX:.*]] = llvm.mlir.constant(6 : i64)
  // CHECK: call @rdattn_cuda_ring_launch(%{{.*}}, %[[LATER]], %[[SIX]])
  rdattn.ring.dispatch @code [#map] ins(%q, %k, %k : memref<1x8x2x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>)
      outs(%q : memref<1x8x2x64xbf16>) tile(128x128) room(6)
  // CHECK: call @rdattn_cuda_ring_finish(%{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}})
  rdattn.ring.dispatch_finish @code <"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0>
      partial(%p, %m, %m : memref<1x8x2x64xf32>, memref<1x2x8xf32>, memref<1x2x8xf32>)
      outs(%q, %m : memref<1x8x2x64xbf16>, memref<1x2x8xf32>)
  return
}

// So have those that are posted. Handles are what the rest of a ring makes of them.

// CHECK-LABEL: func.func @posts(
// CHECK-SAME: %[[SCHEDULE:.*]]: !rdattn.ring_schedule, %[[I:.*]]: index, %[[J:.*]]: index,
func.func @posts(%schedule: !rdattn.ring_schedule, %i: index, %j: index, %k: memref<1x8x2x64xbf16>) -> (!rdattn.transfer, !rdattn.transfer) {
  // CHECK: %[[PROGRAM:.*]] = llvm.mlir.addressof @[[NAME:rdattn_program(_[0-9]+)?]] :
  // CHECK: %[[STEP:.*]] = arith.index_cast %[[I]] : index to i64
  // CHECK: %[[POINTER:.*]] = builtin.unrealized_conversion_cast %[[SCHEDULE]] : !rdattn.ring_schedule to !llvm.ptr
  // CHECK: call @rdattn_cuda_ring_post(%[[POINTER]], %[[STEP]], %[[PROGRAM]], %{{.*}}, %{{.*}}) : (!llvm.ptr, i64, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
  // CHECK: %[[FIRST:.*]] = builtin.unrealized_conversion_cast %[[STEP]] : i64 to !rdattn.transfer
  %first = rdattn.ring.dispatch_post @packs [#elements] %schedule[%i] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  // CHECK: llvm.mlir.addressof @[[NAME]] :
  // CHECK: call @rdattn_cuda_ring_post
  %second = rdattn.ring.dispatch_post @packs [#elements] %schedule[%j] of(%k, %k : memref<1x8x2x64xbf16>, memref<1x8x2x64xbf16>)
  // CHECK: return %[[FIRST]], %{{.*}} : !rdattn.transfer, !rdattn.transfer
  return %first, %second : !rdattn.transfer, !rdattn.transfer
}

// CHECK-COUNT-3: llvm.mlir.global internal constant @rdattn_program
// CHECK-NOT: llvm.mlir.global internal constant @rdattn_program
