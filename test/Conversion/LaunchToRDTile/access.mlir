// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Kernels that also have lists of rows, or nothing but elements: all four warps of
// the warpgroup copy. structure.mlir has the kernel that maps serve alone.

// CHECK-LABEL: func.func @gathered(
func.func @gathered(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                    %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) gathered epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_rows(
// CHECK-SAME: %[[MAPS:[^:]*]]: !rdtile.maps, %[[Q:[^:]*]]: memref<{{.*}}, %[[K:[^:]*]]: memref<{{.*}}, %[[V:[^:]*]]: memref<{{.*}}, %{{[^:]*}}: memref<{{.*}}, %{{[^:]*}}: f32, %{{[^:]*}}: memref<?x9xi32>, %[[LIST:[^:]*]]: memref<?xi32>,
// A tile is full once each of the 128 threads' copies have landed. An item is taken
// by the 8 warps that compute and the 4 that copy.
// CHECK-COUNT-3: rdtile.init_barriers {{.*}} arrivals(128)
// CHECK-COUNT-3: rdtile.init_barriers {{.*}} arrivals(8)
// CHECK: rdtile.init_barriers {{.*}} arrivals(1)
// CHECK: rdtile.init_barriers {{.*}} arrivals(12)
// Row copies have what computing leaves.
// CHECK: rdtile.roles producer registers(104) {
// CHECK: rdtile.find_map
// A map where the item allows it: one thread copies, the others are counted.
// CHECK: scf.if
// CHECK: scf.if
// CHECK: rdtile.expect
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} k at
// CHECK: } else {
// CHECK: rdtile.arrive
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} q at
// CHECK: scf.for
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} k at
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} v at
// CHECK: scf.yield
// CHECK: scf.for
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} k at
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} v at
// CHECK: scf.yield
// CHECK: rdtile.copy_map %[[MAPS]]{{.*}} v at
// CHECK-NOT: rdtile.copy_map
// Else its list, where it has one: tokens are looked up before a stage is free, and
// serve k and then v.
// CHECK: %[[TOKENS:.*]] = rdtile.lookup : !rdtile.tokens<64, threads = 128, lanes = 8>
// CHECK: memref.load %[[LIST]]
// CHECK: rdtile.wait
// CHECK: rdtile.copy_rows vectors %[[K]][%{{.*}}, %[[TOKENS]], %{{.*}}]
// CHECK-NOT: whole
// CHECK: rdtile.arrive_copies
// CHECK: rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8>
// CHECK: memref.load %[[LIST]]
// CHECK: rdtile.copy_rows vectors %[[Q]]
// CHECK: scf.for {{.*}} iter_args({{.*}}%[[BEFORE:[^ ]*]] = %[[TOKENS]])
// CHECK: %[[CURRENT:.*]] = rdtile.lookup
// CHECK: memref.load %[[LIST]]
// CHECK: rdtile.copy_rows vectors %[[K]][%{{.*}}, %[[CURRENT]], %{{.*}}] to %{{.*}} whole
// The first tile of v that is copied may reach past the class.
// CHECK: rdtile.copy_rows vectors %[[V]][%{{.*}}, %[[BEFORE]], %{{.*}}] to %{{[0-9]+}} :
// CHECK: scf.yield {{.*}}%[[CURRENT]]
// CHECK: scf.for {{.*}} iter_args({{.*}}%[[BEFORE:[^ ]*]] = %
// CHECK: %[[CURRENT:.*]] = rdtile.lookup
// CHECK: memref.load %[[LIST]]
// A row of a whole tile has an entry in the list: there is no test for one.
// CHECK-NOT: arith.select
// CHECK: rdtile.copy_rows vectors %[[K]][%{{.*}}, %[[CURRENT]], %{{.*}}] to %{{.*}} whole
// CHECK: rdtile.copy_rows vectors %[[V]][%{{.*}}, %[[BEFORE]], %{{.*}}] to %{{.*}} whole
// CHECK: scf.yield {{.*}}%[[CURRENT]]
// CHECK: rdtile.copy_rows vectors %[[V]]
// Else its stride: no look-up in the list.
// CHECK: rdtile.lookup
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: } consumers(2) registers(200) {
// Threads wrote the tiles: a product reads them after a fence.
// CHECK: rdtile.wait
// CHECK: rdtile.fence_tiles
// CHECK: rdtile.start_scores
// CHECK: scf.for
// CHECK: rdtile.wait
// CHECK-NEXT: rdtile.fence_tiles
// CHECK: rdtile.start_scores
// CHECK: rdtile.wait
// CHECK-NEXT: rdtile.fence_tiles
// CHECK: rdtile.start_outputs
// CHECK: scf.yield
// Results go to the rows that the list names.
// CHECK: rdtile.map indexed -> !rdtile.rows<i32>
// CHECK: memref.load %[[LIST]]
// CHECK: rdtile.store_rows vectors

// Without alignment each thread stores elements and says so itself.

// CHECK-LABEL: gpu.func @attention_elements(
// CHECK-NOT: !rdtile.maps
// CHECK-COUNT-3: rdtile.init_barriers {{.*}} arrivals(128)
// CHECK: rdtile.roles producer registers(104) {
// CHECK-NOT: rdtile.find_map
// CHECK: rdtile.copy_rows elements
// CHECK-NEXT: rdtile.fence_tiles
// CHECK-NEXT: rdtile.arrive
// CHECK-NOT: rdtile.copy_rows vectors
// CHECK: } consumers(2) registers(200) {
// Nothing that a map brought has to be zeroed.
// CHECK-NOT: rdtile.zero_rows
// CHECK-NOT: rdtile.fence_tiles
// CHECK: rdtile.negate_rows
// CHECK-NOT: rdtile.zero_rows
// CHECK: rdtile.store_rows elements

// -----

#narrow = #rdattn.sm90<queries = 64, keys = 96, stages = 4, consumers = 1, lanes = 4, pingpong = false, order = plain, group = 0>

// Without lists in the table no kernel reads any; the row-list kernel knows classes
// whose maps would not fit. Lanes, stages and consumers are the schedule's.

// CHECK-LABEL: func.func @strided(
func.func @strided(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                   %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) epilogue(store) schedule(#narrow)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: rdtile.shared {{.*}} : !rdtile.ring<1, 64x64xbf16>
// CHECK: rdtile.shared {{.*}} : !rdtile.ring<4, 96x64xbf16>
// CHECK: rdtile.init_barriers {{.*}} arrivals(4) : !rdtile.barriers<4>
// CHECK: } consumers(1) registers(240) {
// CHECK-LABEL: gpu.func @attention_rows(
// CHECK-SAME: %{{[^:]*}}: memref<?x9xi32>, %[[LIST:[^:]*]]: memref<?xi32>,
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: rdtile.copy_map
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: rdtile.lookup : !rdtile.tokens<96, threads = 128, lanes = 4>
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: rdtile.copy_rows vectors
// CHECK: } consumers(1) registers(240) {
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: gpu.return
// CHECK-LABEL: gpu.func @attention_elements(
// CHECK-SAME: %{{[^:]*}}: memref<?x9xi32>, %[[LIST:[^:]*]]: memref<?xi32>,
// CHECK-NOT: memref.load %[[LIST]]
// CHECK: gpu.return

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Columns past the last whole eight are written by elements, even to an aligned o.

// CHECK-LABEL: func.func @odd(
func.func @odd(%q: memref<1x64x4x36xbf16>, %k: memref<1x64x2x36xbf16>, %o: memref<1x64x4x36xbf16>, %scale: f32,
               %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x36xbf16>, memref<1x64x2x36xbf16>, memref<1x64x2x36xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x36xbf16>) epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK: rdtile.store_rows elements {{.*}} : !rdtile.accumulator<40>, memref<?x?x?x36xbf16, {{.*}}>, !rdtile.rows<i32>
// CHECK-LABEL: gpu.func @attention_elements(
