// RUN: rdattn-opt %s --convert-rdattn-launch-to-cpu --canonicalize --cse | FileCheck %s

// Each flag of a launch is code in its kernel, and only there; structure.mlir
// has the kernel without any.

#cpu = #rdattn.cpu<queries = 32, keys = 8, lanes = 8, vectors = 2, rows = 4, order = plain>

// S1, E2: a class is sorted by token, so causal compares a key's row with those
// of the queries.

// CHECK-LABEL: func.func @causal(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>, %[[ROWS:[^:]*]]: memref<?xi32>
// CHECK: %[[SEES:.*]] = arith.cmpi sle, %{{.*}} : vector<16xi32>
// CHECK-NOT: memref.load %[[ROWS]]
// CHECK: omp.terminator
func.func @causal(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                  %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) causal epilogue(store) schedule(#cpu)
  return
}

// E4: the row list is looked up where an item has an offset into it (column 6),
// one entry for each run of rows (column 7).

// CHECK-LABEL: func.func @gathered(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>, %[[ROWS:[^:]*]]: memref<?xi32>
// CHECK-DAG: %[[C6:.*]] = arith.constant 6 : index
// CHECK-DAG: %[[C7:.*]] = arith.constant 7 : index
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[LIST32:.*]] = memref.load %[[ITEMS]][%{{.*}}, %[[C6]]]
// CHECK: %[[LIST:.*]] = arith.index_cast %[[LIST32]]
// CHECK: %[[EXTENT32:.*]] = memref.load %[[ITEMS]][%{{.*}}, %[[C7]]]
// CHECK: %[[EXTENT:.*]] = arith.index_cast %[[EXTENT32]]
// CHECK: %[[LISTED:.*]] = arith.cmpi sge, %[[LIST]], %[[C0]]
// CHECK: scf.if %[[LISTED]]
// CHECK: arith.div{{[us]}}i %{{.*}}, %[[EXTENT]]
// CHECK: memref.load %[[ROWS]]
// CHECK: omp.terminator
func.func @gathered(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) gathered epilogue(store) schedule(#cpu)
  return
}

// S11: the window (column 8) bounds the tiles and masks the scores.

// CHECK-LABEL: func.func @windowed(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>
// CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
// CHECK: %[[WINDOW32:.*]] = memref.load %[[ITEMS]][%{{.*}}, %[[C8]]]
// CHECK: %[[WINDOW:.*]] = arith.index_cast %[[WINDOW32]]
// CHECK: arith.subi %[[WINDOW]], %c1
// CHECK: arith.cmpi slt, %{{.*}} : vector<16xi32>
// CHECK: omp.terminator
func.func @windowed(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) windowed epilogue(store) schedule(#cpu)
  return
}

// Items with a window of 1 copy v and need no tiles.

// CHECK-LABEL: func.func @isolated(
// CHECK-SAME: %[[V:[^:]*]]: memref<1x64x2x4xf32>
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
// CHECK: %[[WINDOW32:.*]] = memref.load %[[ITEMS]][%{{.*}}, %[[C8]]]
// CHECK: %[[WINDOW:.*]] = arith.index_cast %[[WINDOW32]]
// CHECK: %[[ALONE:.*]] = arith.cmpi eq, %[[WINDOW]], %[[C1]]
// CHECK: scf.if %[[ALONE]]
// CHECK-NOT: vector.fma
// CHECK: memref.load %[[V]]
// CHECK: vector.fma
// CHECK: omp.terminator
func.func @isolated(%q: memref<1x64x2x8xf32>, %v: memref<1x64x2x4xf32>, %o: memref<1x64x2x4xf32>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %v : memref<1x64x2x8xf32>, memref<1x64x2x8xf32>, memref<1x64x2x4xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x4xf32>) isolated epilogue(store) schedule(#cpu)
  return
}

// Nothing compares a window with 1 where no item is isolated.

// CHECK-LABEL: func.func @not_isolated(
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-NOT: arith.cmpi eq, %{{.*}}, %[[C1]] : index
// CHECK: omp.terminator
func.func @not_isolated(%q: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>, %scale: f32,
                        %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %q, %q : memref<1x64x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x2x8xf32>) causal gathered windowed epilogue(store) schedule(#cpu)
  return
}
