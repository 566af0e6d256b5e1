// RUN: rdattn-opt %s --convert-rdattn-launch-to-cpu --canonicalize --cse \
// RUN:   | FileCheck %s --implicit-check-not=memref.alloc

#cpu = #rdattn.cpu<queries = 32, keys = 8, lanes = 8, vectors = 2, rows = 4, order = plain>

// A call that has failed has no partial results, whatever sizes are static:
// then nothing is cleared, computed or finished.

// CHECK-LABEL: func.func @refused(
// CHECK-SAME: %[[PARTIAL:[^:]*]]: memref<1x64x2x8xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[POINTER:.*]] = memref.extract_aligned_pointer_as_index %[[PARTIAL]]
// CHECK: %[[READY:.*]] = arith.cmpi ne, %[[POINTER]], %[[C0]]
// CHECK: omp.parallel {
// CHECK: omp.wsloop schedule(static)
// CHECK-NEXT: omp.loop_nest
// CHECK-NEXT: scf.if %[[READY]]
// CHECK: %[[HAVE:.*]] = arith.andi {{.*}}%[[READY]]
// CHECK: omp.wsloop schedule(dynamic)
// CHECK: %[[GO:.*]] = arith.andi %[[HAVE]]
// CHECK-NEXT: scf.if %[[GO]]
func.func @refused(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                   %q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                   %items: memref<?x21xi32>, %lists: memref<?xi32>, %phases: memref<?xi32>) {
  rdattn.ring.launch ins(%q, %q, %q : memref<1x64x2x8xf32>, memref<1x64x2x8xf32>, memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) initial schedule(#cpu)
  return
}

// CHECK-LABEL: func.func @refused_finish(
// CHECK-SAME: %[[PARTIAL:[^:]*]]: memref<1x64x2x8xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[POINTER:.*]] = memref.extract_aligned_pointer_as_index %[[PARTIAL]]
// CHECK: %[[READY:.*]] = arith.cmpi ne, %[[POINTER]], %[[C0]]
// CHECK: omp.parallel {
// CHECK: omp.wsloop schedule(static)
// CHECK-NEXT: omp.loop_nest
// CHECK-NEXT: scf.if %[[READY]]
func.func @refused_finish(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                          %o: memref<1x64x2x8xf32>) {
  rdattn.ring.finish ins(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>)
  return
}

// Of the partial results only the sums are cleared: where they are 0 the rest
// is not read. An item whose column 20 is 1 writes o and lse, and -1 to the
// sums of its rows; another adds to the partial results.

// CHECK-LABEL: func.func @last(
// CHECK-SAME: %[[PO:[^:]*]]: memref<1x64x2x8xf32>, %[[PM:[^:]*]]: memref<1x2x64xf32>, %[[PS:[^:]*]]: memref<1x2x64xf32>
// CHECK-SAME: %[[O:[^:]*]]: memref<1x64x2x8xbf16>, %[[LSE:[^:]*]]: memref<1x2x64xf32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG: %[[WRITTEN:.*]] = arith.constant -1.000000e+00 : f32
// CHECK-DAG: %[[C20:.*]] = arith.constant 20 : index
// CHECK: omp.wsloop schedule(static)
// CHECK-NOT: .store {{.*}} %[[PO]]
// CHECK-NOT: .store {{.*}} %[[PM]]
// CHECK: memref.store %[[ZERO]], %[[PS]]
// CHECK: omp.wsloop schedule(dynamic)
// CHECK: %[[LAST:.*]] = memref.load %{{.*}}[%{{.*}}, %[[C20]]]
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[LAST]]
// CHECK: %[[IS_LAST:.*]] = arith.cmpi eq, %[[INDEX]]
// CHECK: scf.if %[[IS_LAST]] {
// CHECK-NOT: .store {{.*}} %[[PO]]
// CHECK: vector.store %{{.*}}, %[[O]]
// CHECK-NOT: .store {{.*}} %[[PO]]
// CHECK: memref.store %{{.*}}, %[[LSE]]
// CHECK: memref.store %[[WRITTEN]], %[[PS]]
// CHECK: } else {
// CHECK: vector.store %{{.*}}, %[[PO]]
// CHECK-NOT: .store {{.*}} %[[O]]
// CHECK-NOT: .store {{.*}} %[[LSE]]
// CHECK: omp.terminator
func.func @last(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                %o: memref<1x64x2x8xbf16>, %lse: memref<1x2x64xf32>, %q: memref<1x64x2x8xbf16>, %scale: f32,
                %items: memref<?x21xi32>, %lists: memref<?xi32>, %phases: memref<?xi32>) {
  rdattn.ring.launch ins(%q, %q, %q : memref<1x64x2x8xbf16>, memref<1x64x2x8xbf16>, memref<1x64x2x8xbf16>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o, %lse : memref<1x64x2x8xbf16>, memref<1x2x64xf32>) initial schedule(#cpu)
  return
}

// A row whose results a step has written is left alone.

// CHECK-LABEL: func.func @finish(
// CHECK-SAME: %[[PO:[^:]*]]: memref<1x64x2x8xf32>, %{{[^:]*}}: memref<1x2x64xf32>, %[[PS:[^:]*]]: memref<1x2x64xf32>
// CHECK-SAME: %[[O:[^:]*]]: memref<1x64x2x8xbf16>, %[[LSE:[^:]*]]: memref<1x2x64xf32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[SUM:.*]] = memref.load %[[PS]]
// CHECK: %[[LEFT:.*]] = arith.cmpf uge, %[[SUM]], %[[ZERO]]
// CHECK-NEXT: scf.if %[[LEFT]] {
// CHECK: memref.store %{{.*}}, %[[O]]
// CHECK: memref.store %{{.*}}, %[[LSE]]
// CHECK: omp.terminator
func.func @finish(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                  %o: memref<1x64x2x8xbf16>, %lse: memref<1x2x64xf32>) {
  rdattn.ring.finish ins(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o, %lse : memref<1x64x2x8xbf16>, memref<1x2x64xf32>)
  return
}

// A step without items on this rank starts no team, but for the first, which clears.
// Steps that are alike are calls of one function.

// CHECK-LABEL: func.func private @steps_step(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x21xi32>
// CHECK: %[[COUNT:.*]] = memref.dim %[[ITEMS]], %{{.*}} : memref<?x21xi32>
// CHECK: %[[HAS:.*]] = arith.cmpi sgt, %[[COUNT]], %{{.*}} : index
// CHECK: scf.if %[[HAS]] {
// CHECK-NEXT: omp.parallel {
// CHECK: return
// CHECK-LABEL: func.func @steps(
// CHECK-NOT: scf.if
// CHECK: omp.parallel {
// CHECK: omp.terminator
// CHECK: call @steps_step(%{{.*}})
// CHECK: call @steps_step(%{{.*}})
// CHECK-NOT: omp.parallel
// CHECK: return
func.func @steps(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                 %q: memref<1x64x2x8xf32>, %k: memref<1x?x1x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                 %items: memref<?x21xi32>, %lists: memref<?xi32>, %phases: memref<?xi32>, %others: memref<?x21xi32>) {
  rdattn.ring.launch ins(%q, %q, %q : memref<1x64x2x8xf32>, memref<1x64x2x8xf32>, memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) initial schedule(#cpu)
  rdattn.ring.launch ins(%q, %k, %k : memref<1x64x2x8xf32>, memref<1x?x1x8xf32>, memref<1x?x1x8xf32>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) schedule(#cpu)
  rdattn.ring.launch ins(%q, %k, %k : memref<1x64x2x8xf32>, memref<1x?x1x8xf32>, memref<1x?x1x8xf32>) scale(%scale)
      table(%others, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) schedule(#cpu)
  return
}

// Steps of which one is causal are not alike.

// CHECK-LABEL: func.func @different(
// CHECK-NOT: call @different_step
// CHECK-COUNT-2: omp.parallel
// CHECK-NOT: call @different_step
// CHECK: return
func.func @different(%po: memref<1x64x2x8xf32>, %pm: memref<1x2x64xf32>, %ps: memref<1x2x64xf32>,
                     %q: memref<1x64x2x8xf32>, %k: memref<1x?x1x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                     %items: memref<?x21xi32>, %lists: memref<?xi32>, %phases: memref<?xi32>) {
  rdattn.ring.launch ins(%q, %k, %k : memref<1x64x2x8xf32>, memref<1x?x1x8xf32>, memref<1x?x1x8xf32>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) schedule(#cpu)
  rdattn.ring.launch ins(%q, %k, %k : memref<1x64x2x8xf32>, memref<1x?x1x8xf32>, memref<1x?x1x8xf32>) scale(%scale)
      table(%items, %lists, %phases : memref<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%po, %pm, %ps : memref<1x64x2x8xf32>, memref<1x2x64xf32>, memref<1x2x64xf32>)
      outs(%o : memref<1x64x2x8xf32>) causal schedule(#cpu)
  return
}
