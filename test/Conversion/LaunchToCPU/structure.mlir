// RUN: rdattn-opt %s --convert-rdattn-launch-to-cpu --canonicalize --cse \
// RUN:   | FileCheck %s --implicit-check-not=memref.alloc --implicit-check-not=rdattn.launch

// 16 queries lie along the lanes: 8 lanes by 2 vectors.
#cpu = #rdattn.cpu<queries = 32, keys = 8, lanes = 8, vectors = 2, rows = 4, order = plain>

// E5: a team of threads takes the table's items one after the other, whose
// kernel is flash-style: buffers of one thread are as large as a tile, and the
// products are fused multiply-adds on the schedule's vectors.

// CHECK-LABEL: func.func @plain(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>, %[[ROWS:[^:]*]]: memref<?xi32>, %[[PHASES:[^:]*]]: memref<2xi32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK: %[[CALL:.*]] = call @rdattn_current_call()
// CHECK: omp.parallel {
// CHECK: func.call @rdattn_scratch(%[[CALL]], %c[[SCRATCH:[0-9]+]]_i64)
// CHECK-DAG: %[[FIRST:.*]] = memref.load %[[PHASES]][%[[C0]]]
// CHECK-DAG: %[[BEGIN:.*]] = arith.index_cast %[[FIRST]]
// CHECK-DAG: %[[PAST:.*]] = memref.load %[[PHASES]][%[[C1]]]
// CHECK-DAG: %[[END:.*]] = arith.index_cast %[[PAST]]
// Items differ in length, so threads take the next when they are done.
// CHECK: omp.wsloop schedule(dynamic) {
// CHECK-NEXT: omp.loop_nest (%[[ITEM:.*]]) : index = (%[[BEGIN]]) to (%[[END]]) step (%[[C1]])
// CHECK: %[[STOP:.*]] = func.call @rdattn_should_stop(%[[CALL]])
// CHECK: memref.load %[[ITEMS]][%[[ITEM]], %[[C0]]]
// Not gathered: no look-up. Not isolated, not causal: no item and no pair of
// tokens needs a decision of its own.
// CHECK-NOT: memref.load %[[ROWS]]
// CHECK-NOT: arith.cmpi sle, {{.*}} : vector
// CHECK: vector.fma {{.*}} : vector<16xf32>
// CHECK: math.exp2 {{.*}} : vector<16xf32>
// CHECK-NOT: memref.load %[[ROWS]]
// CHECK-NOT: arith.cmpi sle, {{.*}} : vector
// CHECK: vector.fma {{.*}} : vector<16xf32>
// CHECK-NOT: memref.load %[[ROWS]]
// CHECK: omp.terminator
// CHECK-NOT: omp.wsloop
func.func @plain(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// The scratch of a thread knows no S, be it large or dynamic: nothing is S x S.

// CHECK-LABEL: func.func @long(
// CHECK: call @rdattn_scratch(%{{.*}}, %c[[SCRATCH]]_i64)
func.func @long(%q: memref<1x1048576x2x8xf32>, %o: memref<1x1048576x2x8xf32>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x1048576x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x1048576x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// CHECK-LABEL: func.func @dynamic(
// CHECK: call @rdattn_scratch(%{{.*}}, %c[[SCRATCH]]_i64)
func.func @dynamic(%q: memref<?x?x?x8xf32>, %o: memref<?x?x?x8xf32>, %scale: f32,
                   %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<?x?x?x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<?x?x?x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// Another schedule is another kernel: 4 lanes by 1 vector.

// CHECK-LABEL: func.func @narrow(
// CHECK-NOT: vector<16x
// CHECK: vector.fma {{.*}} : vector<4xf32>
// CHECK-NOT: vector<16x
// CHECK: omp.terminator
func.func @narrow(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                  %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 32, keys = 8, lanes = 4, vectors = 1, rows = 4, order = plain>)
  return
}

// All arithmetic is f32; elements are converted where they are read and
// written.

// CHECK-LABEL: func.func @half(
// CHECK: arith.extf %{{.*}} : {{.*}}bf16{{.*}} to {{.*}}f32
// CHECK-NOT: vector.fma {{.*}}bf16
// CHECK: arith.truncf %{{.*}} : {{.*}}f32{{.*}} to {{.*}}bf16
func.func @half(%q: memref<1x64x2x8xbf16>, %o: memref<1x64x2x8xbf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xbf16>) epilogue(store) schedule(#cpu)
  return
}
