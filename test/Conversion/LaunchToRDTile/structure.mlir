// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// A kernel where maps bring every row. Kernels whose tensors have other addresses
// are access.mlir's, masks masks.mlir's.

// CHECK-LABEL: func.func @full(
func.func @full(%q: memref<1x64x4x128xbf16>, %k: memref<1x64x2x128xbf16>, %o: memref<1x64x4x128xbf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x128xbf16>, memref<1x64x2x128xbf16>, memref<1x64x2x128xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x128xbf16>) epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK-SAME: %[[MAPS:[^:]*]]: !rdtile.maps, %[[Q:[^:]*]]: memref<?x?x?x128xbf16, strided<[?, ?, ?, 1]>>, %[[K:[^:]*]]: memref<?x?x?x128xbf16, strided<[?, ?, ?, 1]>>,
// CHECK-SAME: %{{[^:]*}}: memref<?x?x?x128xbf16, strided<[?, ?, ?, 1]>>, %[[O:[^:]*]]: memref<?x?x?x128xbf16, strided<[?, ?, ?, 1]>>, %[[SCALE:[^:]*]]: f32,
// CHECK-SAME: %[[ITEMS:[^:]*]]: memref<?x9xi32>, %{{[^:]*}}: memref<?xi32>, %[[COUNTER:[^:]*]]: memref<2xi32>)
// CHECK-SAME: kernel attributes {known_block_size = array<i32: 384, 1, 1>, nvvm.minctasm = 1 : i32, rdtile.maps_argument = 0 : i64}

// Rings, then barriers for each of their stages, then two slots that hand items on.
// CHECK: %[[QS:.*]] = rdtile.shared offset(0) : !rdtile.ring<1, 128x128xbf16>
// CHECK: %[[KS:.*]] = rdtile.shared offset(32768) : !rdtile.ring<2, 64x128xbf16>
// CHECK: %[[VS:.*]] = rdtile.shared offset(65536) : !rdtile.ring<2, 64x128xbf16>
// CHECK: %[[Q_FULL:.*]] = rdtile.shared offset(98304) : !rdtile.barriers<1>
// CHECK: %[[Q_EMPTY:.*]] = rdtile.shared offset(98312) : !rdtile.barriers<1>
// CHECK: %[[K_FULL:.*]] = rdtile.shared offset(98320) : !rdtile.barriers<2>
// CHECK: %[[K_EMPTY:.*]] = rdtile.shared offset(98336) : !rdtile.barriers<2>
// CHECK: %[[V_FULL:.*]] = rdtile.shared offset(98352) : !rdtile.barriers<2>
// CHECK: %[[V_EMPTY:.*]] = rdtile.shared offset(98368) : !rdtile.barriers<2>
// CHECK: %[[ITEM_FULL:.*]] = rdtile.shared offset(98384) : !rdtile.barriers<2>
// CHECK: %[[ITEM_EMPTY:.*]] = rdtile.shared offset(98400) : !rdtile.barriers<2>
// CHECK: %[[SLOTS:.*]] = rdtile.shared offset(98416) : memref<2x10xi32, #gpu.address_space<workgroup>>

// What maps bring counts one arrival and its bytes; readers are the 8 warps that
// compute, of items also the thread that copies.
// CHECK: %[[IS_FIRST:.*]] = arith.cmpi eq
// CHECK: scf.if %[[IS_FIRST]] {
// CHECK-DAG: rdtile.init_barriers %[[Q_FULL]] arrivals(1)
// CHECK-DAG: rdtile.init_barriers %[[K_FULL]] arrivals(1)
// CHECK-DAG: rdtile.init_barriers %[[V_FULL]] arrivals(1)
// CHECK-DAG: rdtile.init_barriers %[[Q_EMPTY]] arrivals(8)
// CHECK-DAG: rdtile.init_barriers %[[K_EMPTY]] arrivals(8)
// CHECK-DAG: rdtile.init_barriers %[[V_EMPTY]] arrivals(8)
// CHECK-DAG: rdtile.init_barriers %[[ITEM_FULL]] arrivals(1)
// CHECK-DAG: rdtile.init_barriers %[[ITEM_EMPTY]] arrivals(9)
// CHECK: gpu.barrier

// One thread copies. An item's nine columns and its branch go into the slot once
// that is empty.
// CHECK: rdtile.roles producer registers(24) {
// CHECK: scf.if %[[IS_FIRST]] {
// CHECK-COUNT-9: memref.load %[[ITEMS]][
// CHECK: rdtile.wait %[[ITEM_EMPTY]]
// CHECK-COUNT-10: memref.store {{.*}}, %[[SLOTS]][
// CHECK: rdtile.arrive %[[ITEM_FULL]]
// CHECK: scf.while
// CHECK: rdtile.wait %[[ITEM_FULL]]
// CHECK: rdtile.arrive %[[ITEM_EMPTY]]
// CHECK: scf.condition

// Of an item's rows the last keys come first, then the queries; k runs a tile ahead
// of v, of which the first may reach past the class: it has a loop of its own. The
// next item is asked for after the last copy, so that a late block takes none that
// another could have.
// CHECK: } do {
// CHECK-NOT: rdtile.next_item
// CHECK: %[[MAP:.*]] = rdtile.find_map %[[MAPS]]
// CHECK: rdtile.wait %[[K_EMPTY]]
// CHECK: rdtile.expect %[[K_FULL]]{{.*}} bytes(16384)
// CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] k at
// CHECK: rdtile.wait %[[Q_EMPTY]]
// CHECK: rdtile.expect %[[Q_FULL]]{{.*}} bytes(32768)
// CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] q at
// CHECK-COUNT-2: scf.for
// CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] k at
// CHECK: rdtile.wait %[[V_EMPTY]]
// CHECK: rdtile.expect %[[V_FULL]]{{.*}} bytes(16384)
// CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] v at
// CHECK: scf.yield
// CHECK-NOT: rdtile.next_item
// CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] v at
// CHECK-NOT: rdtile.copy
// CHECK-NOT: rdtile.lookup
// CHECK: rdtile.next_item %[[COUNTER]]
// CHECK-COUNT-9: memref.load %[[ITEMS]][
// CHECK: rdtile.wait %[[ITEM_EMPTY]]
// CHECK: rdtile.arrive %[[ITEM_FULL]]
// CHECK-NOT: rdtile.copy
// CHECK: scf.yield
// CHECK: rdtile.retire %[[COUNTER]]

// CHECK: } consumers(2) registers(240) {
// CHECK-NEXT: ^bb0(%[[GROUP:.*]]: i32):
// No turns without ping-pong.
// CHECK-NOT: rdtile.signal_warps
// CHECK: scf.while
// CHECK: rdtile.wait %[[ITEM_FULL]]
// CHECK: rdtile.arrive_warp %[[ITEM_EMPTY]]
// CHECK: rdtile.wait %[[Q_FULL]]
// A negative scale is the queries'.
// CHECK: scf.if
// CHECK: rdtile.negate_rows
// CHECK: rdtile.fence_tiles
// The first tile's scores alone, hidden past the end of the class; then what a map
// brought of v from there on.
// CHECK: rdtile.wait %[[K_FULL]]
// CHECK: %[[S0:.*]] = rdtile.start_scores
// CHECK: rdtile.wait_mma %[[S0]] in_flight(0)
// CHECK: rdtile.arrive_warp %[[K_EMPTY]]
// CHECK: rdtile.map indexed
// CHECK: rdtile.reduce max
// CHECK: rdtile.combine max
// CHECK: rdtile.convert
// CHECK: scf.if
// CHECK: rdtile.wait %[[V_FULL]]
// CHECK: rdtile.zero_rows
// CHECK: rdtile.fence_tiles
// One loop: scores while the outputs of the tile before run; the softmax beside
// those. Nothing is hidden, and maps need no fence.
// CHECK: scf.for
// CHECK-NOT: rdtile.fence_tiles
// CHECK-NOT: rdtile.map indexed
// CHECK: rdtile.wait %[[K_FULL]]
// CHECK: %[[S:.*]] = rdtile.start_scores
// CHECK: rdtile.wait %[[V_FULL]]
// CHECK: %[[OUTPUTS:.*]] = rdtile.start_outputs
// CHECK: rdtile.wait_mma %[[S]] in_flight(1)
// CHECK: rdtile.arrive_warp %[[K_EMPTY]]
// CHECK-NOT: rdtile.map indexed
// CHECK: rdtile.reduce max
// CHECK: math.exp2
// CHECK: rdtile.reduce add
// The wait for the outputs stays behind what they are rescaled by.
// CHECK: rdtile.hold_waits %[[RESCALE:.*]] :
// CHECK-NEXT: %[[SUM:.*]] = rdtile.wait_mma %[[OUTPUTS]] in_flight(0)
// CHECK: rdtile.arrive_warp %[[V_EMPTY]]
// CHECK: rdtile.map %[[SUM]], %[[RESCALE]]
// CHECK: rdtile.convert
// CHECK: scf.yield
// CHECK-NOT: scf.for
// The queries are free before the last outputs are there.
// CHECK: rdtile.arrive_warp %[[Q_EMPTY]]
// CHECK: rdtile.start_outputs
// CHECK: rdtile.combine add
// CHECK: rdtile.store_rows vectors {{.*}} to %[[O]][
// CHECK-NOT: rdtile.store_scalars
// CHECK: gpu.return
// CHECK-LABEL: gpu.func @attention_rows(
