// RUN: rdattn-opt %s --convert-rdattn-launch-to-cpu --canonicalize --cse \
// RUN:   | FileCheck %s --implicit-check-not=memref.alloc

#cpu = #rdattn.cpu<queries = 32, keys = 8, lanes = 8, vectors = 2, rows = 4, order = plain>

// A launch whose items write every row writes each once: one loop, that of the
// items.

// CHECK-LABEL: func.func @store(
// CHECK-SAME: %[[O:[^:]*]]: memref<1x64x2x8xf32>, %[[LSE:[^:]*]]: memref<1x2x64xf32>
// CHECK-NOT: rdattn_shared_scratch
// CHECK: omp.wsloop
// CHECK: {{memref|vector}}.store %{{.*}}, %[[O]]
// CHECK: memref.store %{{.*}}, %[[LSE]]
// CHECK-NOT: omp.wsloop
// CHECK: omp.terminator
func.func @store(%q: memref<1x64x4x8xf32>, %kv: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %lse: memref<1x2x64xf32>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%kv, %kv, %kv : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x2x8xf32>, memref<1x2x64xf32>) epilogue(store) schedule(#cpu)
  return
}

// S5: o = 0 and lse = -inf are there before the items are: a loop over the
// batch's tokens goes first.

// CHECK-LABEL: func.func @fill(
// CHECK-SAME: %[[O:[^:]*]]: memref<3x64x2x8xf16>, %[[LSE:[^:]*]]: memref<3x2x64xf32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant {{(dense<)?}}0.000000e+00{{>?}} : {{f16|vector<.*f16>}}
// CHECK-DAG: %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
// CHECK-DAG: %[[C192:.*]] = arith.constant 192 : index
// CHECK-NOT: rdattn_shared_scratch
// CHECK: omp.wsloop schedule(static) {
// CHECK-NEXT: omp.loop_nest {{.*}} to (%[[C192]])
// CHECK: {{memref|vector}}.store %[[ZERO]], %[[O]]
// CHECK: memref.store %[[LOWEST]], %[[LSE]]
// CHECK: omp.wsloop
// CHECK: rdattn_should_stop
// CHECK: {{memref|vector}}.store %{{.*}}, %[[O]]
// CHECK: memref.store %{{.*}}, %[[LSE]]
// CHECK-NOT: omp.wsloop
// CHECK: omp.terminator
func.func @fill(%q: memref<3x64x2x8xf16>, %o: memref<3x64x2x8xf16>, %lse: memref<3x2x64xf32>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<3x64x2x8xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<3x64x2x8xf16>, memref<3x2x64xf32>) epilogue(fill) schedule(#cpu)
  return
}

// An lse that is not asked for is not written.

// CHECK-LABEL: func.func @fill_without_lse(
// CHECK-NOT: arith.constant 0xFF800000 : f32
// CHECK-NOT: math.log
// CHECK: omp.terminator
func.func @fill_without_lse(%q: memref<3x64x2x8xf16>, %o: memref<3x64x2x8xf16>, %scale: f32,
                            %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<3x64x2x8xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<3x64x2x8xf16>) epilogue(fill) schedule(#cpu)
  return
}

// S6, S9: branches meet in f32 partials of B*S*H*Dv and B*H*S elements. They
// are cleared, the branches run one after the other, and then the rows are
// converted.

// CHECK-LABEL: func.func @merge(
// CHECK-SAME: %{{[^:]*}}: memref<1x64x2x8xbf16>, %[[O:[^:]*]]: memref<1x64x2x8xbf16>
// CHECK-SAME: %[[PHASES:[^:]*]]: memref<4xi32>
// CHECK-DAG: %[[O_BYTES:.*]] = arith.constant 4096 : i64
// CHECK-DAG: %[[LSE_BYTES:.*]] = arith.constant 512 : i64
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
// CHECK-DAG: call @rdattn_shared_scratch(%{{.*}}, %[[O_BYTES]])
// CHECK-DAG: call @rdattn_shared_scratch(%{{.*}}, %[[LSE_BYTES]])
// CHECK: omp.parallel
// CHECK: omp.wsloop schedule(static) {
// CHECK-NOT: .store {{.*}} %[[O]][
// CHECK: scf.for %[[BRANCH:.*]] = %[[C0]] to %[[C3]] step %[[C1]]
// CHECK: memref.load %[[PHASES]][%[[BRANCH]]]
// CHECK: omp.wsloop schedule(dynamic) {
// CHECK-NOT: .store {{.*}} %[[O]][
// CHECK: omp.wsloop schedule(static) {
// CHECK: arith.truncf
// CHECK: {{memref|vector}}.store %{{.*}}, %[[O]]
// CHECK: omp.terminator
func.func @merge(%q: memref<1x64x2x8xbf16>, %o: memref<1x64x2x8xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<4xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<4xi32>)
      outs(%o : memref<1x64x2x8xbf16>) epilogue(merge) schedule(#cpu)
  return
}
