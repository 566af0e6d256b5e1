// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// The steps of a ring run the same kernels; a third adds nothing to the module.

// CHECK-LABEL: func.func @steps(
// CHECK-SAME: %[[Q:[^:]*]]: memref<1x64x4x64xbf16>, %[[K:[^:]*]]: memref<1x64x2x64xbf16>, %[[KI:[^:]*]]: memref<1x?x1x64xbf16>
// CHECK: rdattn.ring.dispatch @step_kernels [#rdattn.kernel<"attention_map", kind = map, roles = "mqkvAXYolsirc"
// CHECK-SAME: ins(%[[Q]], %[[K]], %[[K]] : {{.*}}) scale({{.*}}) table({{.*}}) partial({{.*}}) outs({{.*}}) initial tile(128x64)
// CHECK: rdattn.ring.dispatch @step_kernels [{{.*}}"attention_rows", kind = rows{{.*}}"attention_elements", kind = elements
// CHECK-SAME: ins(%[[Q]], %[[KI]], %[[KI]] : {{.*}}) {{.*}} outs({{[^)]*}}) tile(128x64) room(8)
// CHECK: rdattn.ring.dispatch_finish @finish_kernels <"finish", kind = finish, roles = "AXYol", threads = 256, shared = 0> partial({{.*}}) outs({{.*}})
func.func @steps(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %ki: memref<1x?x1x64xbf16>, %scale: f32,
                 %items: memref<?x21xi32>, %list: memref<?xi32>,
                 %p: memref<1x64x4x64xf32>, %m: memref<1x4x64xf32>, %s: memref<1x4x64xf32>,
                 %o: memref<1x64x4x64xbf16>, %lse: memref<1x4x64xf32>) {
  rdattn.ring.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %s : memref<1x64x4x64xf32>, memref<1x4x64xf32>, memref<1x4x64xf32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) initial causal windowed listed schedule(#sm90)
  rdattn.ring.launch ins(%q, %ki, %ki : memref<1x64x4x64xbf16>, memref<1x?x1x64xbf16>, memref<1x?x1x64xbf16>) scale(%scale)
      table(%items, %list, %list : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%p, %m, %s : memref<1x64x4x64xf32>, memref<1x4x64xf32>, memref<1x4x64xf32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) causal windowed listed schedule(#sm90) room(8)
  rdattn.ring.finish ins(%p, %m, %s : memref<1x64x4x64xf32>, memref<1x4x64xf32>, memref<1x4x64xf32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>)
  return
}

// CHECK-DAG: gpu.module @step_kernels
// CHECK-NOT: gpu.module @step_kernels_

// A row that a step before has seen begins with what that added up: o times the
// sums, of which each of four threads takes a quarter, and the maxima.

// CHECK-LABEL: gpu.func @attention_map(
// CHECK-SAME: %[[PO:[^:]*]]: memref<?x?x?x64xf32>, %[[PM:[^:]*]]: memref<?x?x?xf32>, %[[PS:[^:]*]]: memref<?x?x?xf32>, %[[O:[^:]*]]: memref<?x?x?x64xbf16, strided<[?, ?, ?, 1]>>, %[[LSE:[^:]*]]: memref<?x?x?xf32, strided<[?, ?, ?]>>
// Queries and keys have maps of their own.
// CHECK-DAG: rdtile.find_map %{{.*}} k stride
// CHECK-DAG: rdtile.find_map %{{.*}} q stride
// CHECK: } consumers(2)
// CHECK: %[[SUMS:.*]] = rdtile.load_scalars %[[PS]]
// CHECK: %[[SHIFTS:.*]] = rdtile.load_scalars %[[PM]]
// CHECK: rdtile.load_rows vectors %[[PO]]
// CHECK: rdtile.start_scores
// No list is read for a mask here.
// CHECK-NOT: memref.load %{{.*}} : memref<?xi32>
// The last step that sees the rows writes results and says so, others what they
// added up.
// CHECK: scf.if
// CHECK: rdtile.store_rows vectors {{.*}} to %[[O]]
// CHECK: rdtile.store_scalars {{.*}} to %[[LSE]]
// CHECK: %[[DONE:.*]] = rdtile.splat %cst{{.*}} : f32 -> !rdtile.rows<f32>
// CHECK: rdtile.store_scalars %{{.*}} to %[[PS]]
// CHECK: } else {
// CHECK: rdtile.store_rows vectors {{.*}} to %[[PO]]
// CHECK: rdtile.store_scalars {{.*}} to %[[PM]]
// CHECK: rdtile.store_scalars {{.*}} to %[[PS]]
// CHECK: gpu.return

// With lists queries and keys are looked up each by its own, and positions and
// tokens are compared where an item says so.

// CHECK-LABEL: gpu.func @attention_rows(
// CHECK: rdtile.lookup
// CHECK: } consumers(2)
// CHECK: memref.load %{{.*}} : memref<?xi32>

// What no step has written is divided by its sums.

// CHECK: gpu.module @finish_kernels
// CHECK: gpu.func @finish(%[[PO:[^:]*]]: memref<?x?x?x64xf32>, %[[PM:[^:]*]]: memref<?x?x?xf32>, %[[PS:[^:]*]]: memref<?x?x?xf32>, %[[O:[^:]*]]: memref<?x?x?x64xbf16
// CHECK: %[[SUM:.*]] = memref.load %[[PS]]
// The sums of eight rows are read before any is looked at.
// CHECK-COUNT-7: memref.load %[[PS]]
// CHECK: %[[OPEN:.*]] = arith.cmpf une, %[[SUM]], %{{.*}} : f32
// CHECK: %[[DIVIDES:.*]] = arith.andi %{{.*}}, %[[OPEN]] : i1
// CHECK: scf.if %[[DIVIDES]]
// CHECK: vector.load %[[PO]]
// CHECK: arith.divf %{{.*}}, %[[SUM]] : f32
// CHECK: vector.store {{.*}}, %[[O]]
// CHECK: memref.load %[[PM]]
// CHECK: math.log2 %[[SUM]]
