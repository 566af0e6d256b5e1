// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// A kernel hides what its flags say that its items may hide, in the tiles that are
// cut; structure.mlir has the kernel without any.

// S1, E2: causal cuts the tiles on the diagonal: a loop for those and one for the
// whole ones below. An end for each row, which tokens do not enter.

// CHECK-LABEL: func.func @causal(
func.func @causal(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                  %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) causal epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: rdtile.roles
// Not a tile above the diagonal is copied: the items' last query row counts.
// CHECK: arith.minsi
// CHECK: rdtile.copy_map
// CHECK: } consumers(2)
// CHECK: rdtile.start_scores
// CHECK: %[[END:.*]] = rdtile.map indexed -> !rdtile.rows<i32> {
// CHECK-NEXT: ^bb0(%[[ROW:.*]]: i32):
// CHECK: arith.addi %{{.*}}, %[[ROW]]
// CHECK: rdtile.map indexed %{{.*}}, %[[END]] : !rdtile.accumulator<64>, !rdtile.rows<i32> -> !rdtile.accumulator<64> {
// CHECK-NEXT: ^bb0(%{{.*}}: i32, %[[COLUMN:.*]]: i32, %[[SCORE:.*]]: f32, %[[ROW_END:.*]]: i32):
// CHECK: %[[SEES:.*]] = arith.cmpi slt, %[[COLUMN]], %[[ROW_END]]
// CHECK: arith.select %[[SEES]], %[[SCORE]], %{{.*}} : f32
// CHECK-NOT: rdtile.map indexed
// CHECK: scf.for
// CHECK: rdtile.start_scores
// CHECK: rdtile.map indexed -> !rdtile.rows<i32>
// CHECK: rdtile.map indexed %{{.*}} -> !rdtile.accumulator<64>
// CHECK-NOT: rdtile.map indexed
// CHECK: scf.yield
// CHECK: scf.for
// CHECK-NOT: rdtile.map indexed
// CHECK: rdtile.start_scores
// CHECK-NOT: rdtile.map indexed
// CHECK: scf.yield
// CHECK-NOT: scf.for
// CHECK: rdtile.store_rows
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// S11: a window (column 8) has two ends: loops for the tiles that the upper one
// cuts, for whole ones, and for those that the lower one cuts.

// CHECK-LABEL: func.func @windowed(
func.func @windowed(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) windowed epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(2)
// CHECK: rdtile.start_scores
// CHECK: rdtile.map indexed -> !rdtile.rows<i32>
// CHECK: arith.cmpi slt
// CHECK: rdtile.map indexed -> !rdtile.rows<i32>
// CHECK: %[[BAND:.*]] = rdtile.map indexed %{{.*}} -> !rdtile.accumulator<64> {
// CHECK: arith.cmpi sle
// CHECK-NOT: rdtile.map indexed
// CHECK: scf.for
// CHECK: rdtile.map indexed
// CHECK: scf.yield
// CHECK: scf.for
// CHECK-NOT: rdtile.map indexed
// CHECK: rdtile.start_scores
// CHECK-NOT: rdtile.map indexed
// CHECK: scf.yield
// CHECK: scf.for
// CHECK: rdtile.map indexed
// CHECK: scf.yield
// CHECK-NOT: scf.for
// CHECK: rdtile.store_rows
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// A row that sees itself alone has a window of one.

// CHECK-LABEL: func.func @isolated(
func.func @isolated(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) isolated epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(2)
// CHECK: rdtile.start_scores
// CHECK-COUNT-3: scf.for
// CHECK-NOT: scf.for
// CHECK: rdtile.store_rows
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Windows in curve order: a list says which token a row is, and causal compares
// those of a query and a key where the item is windowed and has a list.

// CHECK-LABEL: func.func @curve(
func.func @curve(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) causal gathered windowed epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_rows(
// CHECK-SAME: %{{[^:]*}}: memref<?x9xi32>, %[[LIST:[^:]*]]: memref<?xi32>,
// CHECK: } consumers(2)
// CHECK: rdtile.start_scores
// CHECK: rdtile.map indexed %{{.*}} -> !rdtile.accumulator<64>
// CHECK: %[[BAND:.*]] = rdtile.map indexed %{{.*}} -> !rdtile.accumulator<64>
// CHECK: %[[TOKENS:.*]] = rdtile.map indexed -> !rdtile.rows<i32> {
// CHECK: memref.load %[[LIST]]
// CHECK: scf.if %{{.*}} -> (!rdtile.accumulator<64>) {
// CHECK: rdtile.map indexed %[[BAND]], %[[TOKENS]]
// CHECK: %[[KEY:.*]] = scf.if
// CHECK: memref.load %[[LIST]]
// CHECK: arith.cmpi sle, %[[KEY]], %{{.*}} : i32
// CHECK-COUNT-3: scf.for
// CHECK-NOT: scf.for
// CHECK: rdtile.store_rows
// CHECK-LABEL: gpu.func @attention_elements(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Without windows a list is sorted: rows in order are tokens in order.

// CHECK-LABEL: func.func @sorted(
func.func @sorted(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                  %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) causal gathered epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_rows(
// CHECK-SAME: %{{[^:]*}}: memref<?x9xi32>, %[[LIST:[^:]*]]: memref<?xi32>,
// CHECK: } consumers(2)
// CHECK: rdtile.start_scores
// CHECK-NOT: memref.load %[[LIST]]
// CHECK-COUNT-2: scf.for
// CHECK-NOT: scf.for
// CHECK: rdtile.store_rows
// CHECK-LABEL: gpu.func @attention_elements(
