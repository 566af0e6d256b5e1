// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
#cpu = #rdattn.cpu<queries = 512, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>

// What the steps of a ring on GPUs post names the kernels that pack it; all posts
// of such rows share them.

// CHECK-LABEL: func.func @posts(
// CHECK-SAME: %[[SCHEDULE:.*]]: !rdattn.ring_schedule, %[[I:.*]]: index, %[[K:.*]]: memref<1x?x2x64xbf16>, %[[V:.*]]: memref<1x?x2x32xbf16>, %[[T:.*]]: !rdattn.transfer
// CHECK: %[[FIRST:.*]] = rdattn.ring.dispatch_post @pack_kernels [#rdattn.kernel<"pack_vectors", kind = pack_vectors, roles = "kvKVi", threads = 256, shared = 0>, #rdattn.kernel<"pack_elements", kind = pack_elements, roles = "kvKVi", threads = 256, shared = 0>] %[[SCHEDULE]][%[[I]]] of(%[[K]], %[[V]] :
// CHECK: rdattn.ring.wait %[[FIRST]]
// CHECK: rdattn.ring.dispatch_post @pack_kernels [
// CHECK: rdattn.ring.dispatch @step_kernels
func.func @posts(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x?x2x64xbf16>, %v: memref<1x?x2x32xbf16>,
                 %t: !rdattn.transfer, %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
                 %p: memref<1x?x2x32xf32>, %m: memref<1x2x?xf32>) {
  %first = rdattn.ring.post %schedule[%i] of(%k, %v : memref<1x?x2x64xbf16>, memref<1x?x2x32xbf16>)
  %ki, %vi = rdattn.ring.wait %first of(%schedule) : memref<1x?x1x64xbf16>, memref<1x?x1x32xbf16>
  %second = rdattn.ring.post %schedule[%i] of(%k, %v : memref<1x?x2x64xbf16>, memref<1x?x2x32xbf16>)
  rdattn.ring.launch ins(%k, %ki, %vi : memref<1x?x2x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x32xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x?x2x32xf32>, memref<1x2x?xf32>, memref<1x2x?xf32>)
      outs(%v : memref<1x?x2x32xbf16>) schedule(#sm90)
  return
}

// Rows that are no multiple of 16 bytes have one kernel, and a CPU has none.

// CHECK-LABEL: func.func @narrow(
// CHECK: rdattn.ring.dispatch_post @[[NARROW:pack_kernels_[0-9]+]] [#rdattn.kernel<"pack_elements"
func.func @narrow(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x?x2x64xbf16>, %v: memref<1x?x2x12xbf16>,
                 %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
                 %p: memref<1x?x2x12xf32>, %m: memref<1x2x?xf32>) {
  %first = rdattn.ring.post %schedule[%i] of(%k, %v : memref<1x?x2x64xbf16>, memref<1x?x2x12xbf16>)
  rdattn.ring.launch ins(%k, %k, %v : memref<1x?x2x64xbf16>, memref<1x?x2x64xbf16>, memref<1x?x2x12xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x?x2x12xf32>, memref<1x2x?xf32>, memref<1x2x?xf32>)
      outs(%v : memref<1x?x2x12xbf16>) schedule(#sm90)
  return
}

// CHECK-LABEL: func.func @host(
// CHECK: rdattn.ring.post
func.func @host(%schedule: !rdattn.ring_schedule, %i: index, %k: memref<1x?x2x64xf32>,
                 %scale: f32, %items: memref<?x21xi32>, %list: memref<?xi32>,
                 %p: memref<1x?x2x64xf32>, %m: memref<1x2x?xf32>) {
  %first = rdattn.ring.post %schedule[%i] of(%k, %k : memref<1x?x2x64xf32>, memref<1x?x2x64xf32>)
  rdattn.ring.launch ins(%k, %k, %k : memref<1x?x2x64xf32>, memref<1x?x2x64xf32>, memref<1x?x2x64xf32>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %m : memref<1x?x2x64xf32>, memref<1x2x?xf32>, memref<1x2x?xf32>)
      outs(%k : memref<1x?x2x64xf32>) schedule(#cpu)
  return
}

// A warp takes an item of the table for k or v of one batch. Of its pieces each
// lane reads four before it writes the first; places have 64 bits.

// CHECK: gpu.module @pack_kernels
// CHECK: gpu.func @pack_vectors(%[[KS:[^:]*]]: memref<?x?x?x64xbf16, strided<[?, ?, ?, 1]>>, %[[VS:[^:]*]]: memref<?x?x?x32xbf16, strided<[?, ?, ?, 1]>>, %[[PK:[^:]*]]: memref<?x?x1x64xbf16>, %[[PV:[^:]*]]: memref<?x?x1x32xbf16>, %[[ITEMS:[^:]*]]: memref<?x6xi32>)
// CHECK: scf.for {{.*}} {
// CHECK-COUNT-6: memref.load %[[ITEMS]]
// CHECK: scf.if
// CHECK: scf.for {{.*}} : i32 {
// CHECK-COUNT-4: vector.load %[[KS]][%{{.*}}] {alignment = 16 : i64} : {{.*}}, vector<8xbf16>
// CHECK-COUNT-4: vector.store %{{.*}}, %[[PK]][%{{.*}}] {alignment = 16 : i64} : memref<?x?x1x64xbf16>, vector<8xbf16>
// CHECK: } else {
// CHECK-COUNT-4: vector.load %[[VS]]
// CHECK-COUNT-4: vector.store %{{.*}}, %[[PV]]
// CHECK: gpu.func @pack_elements(%[[KS:[^:]*]]: memref<?x?x?x64xbf16
// CHECK-COUNT-4: memref.load %[[KS]]{{.*}} : memref<?x?x?x64xbf16
// CHECK: gpu.module @[[NARROW]]
// CHECK-NOT: gpu.func @pack_vectors
// CHECK: gpu.func @pack_elements
