// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 8, pingpong = true, order = plain, group = 0>

// E2: with 192 queries and 128 keys an item's last tile may lie above the diagonal of
// all rows of a warpgroup. It lets go of that tile unread, in its turn, once it is
// there.

// CHECK-LABEL: func.func @unequal(
func.func @unequal(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                  %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) causal epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: %[[K_FULL:.*]] = rdtile.shared {{.*}} : !rdtile.barriers<2>
// CHECK: %[[K_EMPTY:.*]] = rdtile.shared {{.*}} : !rdtile.barriers<2>
// CHECK: %[[V_FULL:.*]] = rdtile.shared {{.*}} : !rdtile.barriers<2>
// CHECK: %[[V_EMPTY:.*]] = rdtile.shared {{.*}} : !rdtile.barriers<2>
// CHECK: } consumers(3) registers({{[0-9]+}}) {
// CHECK-NEXT: ^bb0(%[[GROUP:.*]]: i32):
// CHECK: scf.while
// CHECK: } do {
// A warpgroup's rows are 64 of the item's; its keys end at their last.
// CHECK: arith.muli %[[GROUP]], %c64_i32
// CHECK: %[[SKIPPED:.*]] = arith.subi
// CHECK: %[[CURSORS:.*]]:4 = scf.for {{.*}} = %c0_i32 to %[[SKIPPED]] step %c1_i32 iter_args(%[[K:[^ ]*]] = %{{[^ ]*}}, %{{[^ ]*}} = %{{[^ ]*}}, %[[V:[^ ]*]] = %{{[^ ]*}}, %{{[^ ]*}} = %{{[^ ]*}})
// CHECK-NEXT: rdtile.wait %[[K_FULL]][%[[K]]]
// CHECK: rdtile.sync_warps
// CHECK: rdtile.signal_warps
// CHECK-NEXT: rdtile.arrive_warp %[[K_EMPTY]][%[[K]]]
// CHECK-NEXT: rdtile.wait %[[V_FULL]][%[[V]]]
// CHECK-NEXT: rdtile.arrive_warp %[[V_EMPTY]][%[[V]]]
// CHECK-NOT: rdtile.start
// CHECK: scf.yield
// The first tile that is read comes after them.
// CHECK: rdtile.wait %[[K_FULL]][%[[CURSORS]]#0]
// CHECK: rdtile.start_scores
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// A window ends in a tile of its own for each warpgroup. Where there are no turns, a
// skipped tile takes none.

// CHECK-LABEL: func.func @windowed(
func.func @windowed(%q: memref<1x64x4x128xbf16>, %k: memref<1x64x2x128xbf16>, %o: memref<1x64x4x128xbf16>, %scale: f32,
                   %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x128xbf16>, memref<1x64x2x128xbf16>, memref<1x64x2x128xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x128xbf16>) windowed epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(2)
// CHECK: scf.for
// CHECK-NOT: rdtile.sync_warps
// CHECK-NOT: rdtile.start
// CHECK: rdtile.arrive_warp
// CHECK: rdtile.arrive_warp
// CHECK: scf.yield
// CHECK: rdtile.start_scores
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = plain, group = 0>

// Where tiles end with the queries of an item, every warpgroup sees some of the last.

// CHECK-LABEL: func.func @equal(
func.func @equal(%q: memref<1x64x4x128xbf16>, %k: memref<1x64x2x128xbf16>, %o: memref<1x64x4x128xbf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x128xbf16>, memref<1x64x2x128xbf16>, memref<1x64x2x128xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x128xbf16>) causal epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(2)
// CHECK-NOT: scf.for
// CHECK: rdtile.start_scores
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 128, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>

// As where they end with those of every second one.

// CHECK-LABEL: func.func @multiple(
func.func @multiple(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                   %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) causal epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(1)
// CHECK-NOT: scf.for
// CHECK: rdtile.start_scores
// CHECK-LABEL: gpu.func @attention_rows(

// -----

#sm90 = #rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 8, pingpong = true, order = plain, group = 0>

// Without a mask all see all.

// CHECK-LABEL: func.func @full(
func.func @full(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
               %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: } consumers(3)
// CHECK-NOT: scf.for
// CHECK: rdtile.start_scores
// CHECK-LABEL: gpu.func @attention_rows(
