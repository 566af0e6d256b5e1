// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -mlir-print-op-generic | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -emit-bytecode | rdattn-opt | FileCheck %s

//===----------------------------------------------------------------------===//
// Shared memory and barriers
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @shared
func.func @shared() {
  // CHECK: rdtile.shared offset(0) : !rdtile.ring<2, 128x128xbf16>
  %0 = rdtile.shared offset(0) : !rdtile.ring<2, 128x128xbf16>
  // CHECK: rdtile.shared offset(65536) : !rdtile.barriers<2>
  %1 = rdtile.shared offset(65536) : !rdtile.barriers<2>
  // CHECK: rdtile.shared offset(65556) : memref<2x10xi32, #gpu.address_space<workgroup>>
  %2 = rdtile.shared offset(65556) : memref<2x10xi32, #gpu.address_space<workgroup>>
  // The last bytes of a block's 227 KB.
  // CHECK: rdtile.shared offset(232440) : !rdtile.barriers<1>
  %3 = rdtile.shared offset(232440) : !rdtile.barriers<1>
  return
}

// CHECK-LABEL: @stage
// CHECK-SAME: (%[[RING:.*]]: !rdtile.ring<2, 128x96xf16>, %[[I:.*]]: i32)
func.func @stage(%ring: !rdtile.ring<2, 128x96xf16>, %i: i32) -> !rdtile.tile<128x96xf16> {
  // CHECK: %[[TILE:.*]] = rdtile.stage %[[RING]][%[[I]]] : !rdtile.ring<2, 128x96xf16>{{$}}
  %tile = rdtile.stage %ring[%i] : !rdtile.ring<2, 128x96xf16>
  // CHECK: rdtile.stage %[[RING]][%[[I]]] {note = 1 : i64} : !rdtile.ring<2, 128x96xf16>
  %noted = rdtile.stage %ring[%i] {note = 1} : !rdtile.ring<2, 128x96xf16>
  // CHECK: return %[[TILE]] : !rdtile.tile<128x96xf16>
  return %tile : !rdtile.tile<128x96xf16>
}

// CHECK-LABEL: @barriers
// CHECK-SAME: (%[[BARRIERS:.*]]: !rdtile.barriers<2>, %[[I:.*]]: i32)
func.func @barriers(%barriers: !rdtile.barriers<2>, %i: i32) {
  // CHECK: rdtile.init_barriers %[[BARRIERS]] arrivals(128) : !rdtile.barriers<2>
  rdtile.init_barriers %barriers arrivals(128) : !rdtile.barriers<2>
  // CHECK: rdtile.wait %[[BARRIERS]][%[[I]]] parity(%[[I]]) : !rdtile.barriers<2>
  rdtile.wait %barriers[%i] parity(%i) : !rdtile.barriers<2>
  // CHECK: rdtile.arrive %[[BARRIERS]][%[[I]]] : !rdtile.barriers<2>
  rdtile.arrive %barriers[%i] : !rdtile.barriers<2>
  // CHECK: rdtile.arrive_warp %[[BARRIERS]][%[[I]]] : !rdtile.barriers<2>
  rdtile.arrive_warp %barriers[%i] : !rdtile.barriers<2>
  // CHECK: rdtile.expect %[[BARRIERS]][%[[I]]] bytes(32768) : !rdtile.barriers<2>
  rdtile.expect %barriers[%i] bytes(32768) : !rdtile.barriers<2>
  // CHECK: rdtile.arrive_copies %[[BARRIERS]][%[[I]]] : !rdtile.barriers<2>
  rdtile.arrive_copies %barriers[%i] : !rdtile.barriers<2>
  // CHECK: rdtile.fence_tiles
  rdtile.fence_tiles
  // CHECK: rdtile.sync_warps %[[I]] threads(256)
  rdtile.sync_warps %i threads(256)
  // CHECK: rdtile.signal_warps %[[I]] threads(1024)
  rdtile.signal_warps %i threads(1024)
  // CHECK: rdtile.reconverge
  rdtile.reconverge
  return
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @maps
// CHECK-SAME: (%[[MAPS:.*]]: !rdtile.maps, %[[A:.*]]: i32, %[[B:.*]]: i32, %[[TILE:.*]]: !rdtile.tile<128x96xbf16>, %[[FULL:.*]]: !rdtile.barriers<2>)
func.func @maps(%maps: !rdtile.maps, %a: i32, %b: i32, %tile: !rdtile.tile<128x96xbf16>, %full: !rdtile.barriers<2>) {
  // CHECK: %[[MAP:.*]] = rdtile.find_map %[[MAPS]] q stride(%[[A]]) last(%[[B]])
  %map = rdtile.find_map %maps q stride(%a) last(%b)
  // CHECK: rdtile.copy_map %[[MAPS]][%[[MAP]]] q at [%[[A]], %[[B]], %[[B]], %[[A]]] to %[[TILE]] signal %[[FULL]][%[[B]]] : !rdtile.tile<128x96xbf16>, !rdtile.barriers<2>
  rdtile.copy_map %maps[%map] q at [%a, %b, %b, %a] to %tile signal %full[%b] : !rdtile.tile<128x96xbf16>, !rdtile.barriers<2>
  // CHECK: rdtile.copy_map {{.*}} k at
  rdtile.copy_map %maps[%map] k at [%a, %b, %b, %a] to %tile signal %full[%b] : !rdtile.tile<128x96xbf16>, !rdtile.barriers<2>
  // CHECK: rdtile.copy_map {{.*}} v at
  rdtile.copy_map %maps[%map] v at [%a, %b, %b, %a] to %tile signal %full[%b] : !rdtile.tile<128x96xbf16>, !rdtile.barriers<2>
  return
}

// CHECK-LABEL: @rows
// CHECK-SAME: (%[[FROM:.*]]: memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, %[[I:.*]]: i32, %[[TILE:.*]]: !rdtile.tile<128x96xf16>)
func.func @rows(%from: memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, %i: i32, %tile: !rdtile.tile<128x96xf16>) {
  // CHECK: %[[TOKENS:.*]] = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 4> {
  // CHECK-NEXT: ^bb0(%[[ROW:.*]]: i32):
  // CHECK-NEXT: %[[TOKEN:.*]] = arith.addi %[[I]], %[[ROW]] : i32
  // CHECK-NEXT: rdtile.yield %[[TOKEN]] : i32
  %tokens = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 4> {
  ^bb0(%row: i32):
    %token = arith.addi %i, %row : i32
    rdtile.yield %token : i32
  }
  // CHECK: rdtile.copy_rows vectors %[[FROM]][%[[I]], %[[TOKENS]], %[[I]]] to %[[TILE]] : memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<128, threads = 128, lanes = 4>, !rdtile.tile<128x96xf16>
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile
      : memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<128, threads = 128, lanes = 4>, !rdtile.tile<128x96xf16>
  // CHECK: rdtile.copy_rows elements %[[FROM]]{{.*}} to %[[TILE]] whole :
  rdtile.copy_rows elements %from[%i, %tokens, %i] to %tile whole
      : memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<128, threads = 128, lanes = 4>, !rdtile.tile<128x96xf16>
  // CHECK: rdtile.zero_rows %[[TILE]] from(%[[I]]) : !rdtile.tile<128x96xf16>
  rdtile.zero_rows %tile from(%i) : !rdtile.tile<128x96xf16>
  // CHECK: rdtile.negate_rows %[[TILE]] from(%[[I]]) : !rdtile.tile<128x96xf16>
  rdtile.negate_rows %tile from(%i) : !rdtile.tile<128x96xf16>
  return
}

// A fragment is written to a destination of as many columns, or a few less.

// CHECK-LABEL: @stores
// CHECK-SAME: (%[[O:.*]]: !rdtile.accumulator<40>, %[[LSE:.*]]: !rdtile.rows<f32>, %[[TOKENS:.*]]: !rdtile.rows<i32>, %[[I:.*]]: i32,
func.func @stores(%o: !rdtile.accumulator<40>, %lse: !rdtile.rows<f32>, %tokens: !rdtile.rows<i32>, %i: i32,
                  %to: memref<?x?x?x40xbf16>, %narrow: memref<?x?x?x33xf16>, %partial: memref<1x?x?x40xf32>,
                  %scalars: memref<?x?x?xf32>) {
  // CHECK: rdtile.store_rows vectors %[[O]] to %{{.*}}[%[[I]], %[[TOKENS]], %[[I]]] : !rdtile.accumulator<40>, memref<?x?x?x40xbf16>, !rdtile.rows<i32>
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<40>, memref<?x?x?x40xbf16>, !rdtile.rows<i32>
  // CHECK: rdtile.store_rows elements {{.*}}, memref<?x?x?x33xf16>,
  rdtile.store_rows elements %o to %narrow[%i, %tokens, %i] : !rdtile.accumulator<40>, memref<?x?x?x33xf16>, !rdtile.rows<i32>
  // CHECK: rdtile.store_rows vectors {{.*}}, memref<1x?x?x40xf32>,
  rdtile.store_rows vectors %o to %partial[%i, %tokens, %i] : !rdtile.accumulator<40>, memref<1x?x?x40xf32>, !rdtile.rows<i32>
  // CHECK: rdtile.store_scalars %[[LSE]] to %{{.*}}[%[[I]], %[[I]], %[[TOKENS]]] : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<i32>
  rdtile.store_scalars %lse to %scalars[%i, %i, %tokens] : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<i32>
  return
}

// What steps before added up comes back.

// CHECK-LABEL: @loads
// CHECK-SAME: (%[[FROM:.*]]: memref<?x?x?x40xf32>, %[[SCALARS:.*]]: memref<?x?x?xf32>, %[[I:.*]]: i32, %[[TOKENS:.*]]: !rdtile.rows<i32>)
func.func @loads(%from: memref<?x?x?x40xf32>, %scalars: memref<?x?x?xf32>, %i: i32, %tokens: !rdtile.rows<i32>)
    -> (!rdtile.accumulator<40>, !rdtile.rows<f32>) {
  // CHECK: rdtile.load_rows vectors %[[FROM]][%[[I]], %[[TOKENS]], %[[I]]] : memref<?x?x?x40xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<40>
  %o = rdtile.load_rows vectors %from[%i, %tokens, %i] : memref<?x?x?x40xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<40>
  // CHECK: rdtile.load_scalars %[[SCALARS]][%[[I]], %[[I]], %[[TOKENS]]] : memref<?x?x?xf32>, !rdtile.rows<i32> -> !rdtile.rows<f32>
  %sums = rdtile.load_scalars %scalars[%i, %i, %tokens] : memref<?x?x?xf32>, !rdtile.rows<i32> -> !rdtile.rows<f32>
  return %o, %sums : !rdtile.accumulator<40>, !rdtile.rows<f32>
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @fragments
// CHECK-SAME: (%[[X:.*]]: f32, %[[N:.*]]: i32)
func.func @fragments(%x: f32, %n: i32) {
  // CHECK: %[[S:.*]] = rdtile.splat %[[X]] : f32 -> !rdtile.accumulator<32>
  %s = rdtile.splat %x : f32 -> !rdtile.accumulator<32>
  // CHECK: %[[M:.*]] = rdtile.splat %[[X]] : f32 -> !rdtile.rows<f32>
  %m = rdtile.splat %x : f32 -> !rdtile.rows<f32>
  // CHECK: rdtile.splat %[[N]] : i32 -> !rdtile.rows<i32>
  %rows = rdtile.splat %n : i32 -> !rdtile.rows<i32>
  // CHECK: %[[MAX:.*]] = rdtile.reduce max %[[S]], %[[M]] : !rdtile.accumulator<32>, !rdtile.rows<f32> -> !rdtile.rows<f32>
  %max = rdtile.reduce max %s, %m : !rdtile.accumulator<32>, !rdtile.rows<f32> -> !rdtile.rows<f32>
  // CHECK: rdtile.reduce add
  %sum = rdtile.reduce add %s, %m : !rdtile.accumulator<32>, !rdtile.rows<f32> -> !rdtile.rows<f32>
  // CHECK: rdtile.combine max %[[MAX]] : !rdtile.rows<f32>
  %all = rdtile.combine max %max : !rdtile.rows<f32>
  // CHECK: rdtile.combine add
  %total = rdtile.combine add %sum : !rdtile.rows<f32>
  // CHECK: rdtile.convert %[[S]] : !rdtile.accumulator<32> -> !rdtile.operand<32xf16>
  %p = rdtile.convert %s : !rdtile.accumulator<32> -> !rdtile.operand<32xf16>
  return
}

// Rows and accumulators mix; what is indexed also knows its place.

// CHECK-LABEL: @maps_of_fragments
// CHECK-SAME: (%[[S:.*]]: !rdtile.accumulator<32>, %[[HIGH:.*]]: !rdtile.rows<i32>)
func.func @maps_of_fragments(%s: !rdtile.accumulator<32>, %high: !rdtile.rows<i32>) {
  // CHECK: rdtile.map %[[S]], %[[HIGH]] : !rdtile.accumulator<32>, !rdtile.rows<i32> -> !rdtile.accumulator<32> {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %{{.*}}: i32):
  // CHECK-NEXT: rdtile.yield %[[X]] : f32
  %0 = rdtile.map %s, %high : !rdtile.accumulator<32>, !rdtile.rows<i32> -> !rdtile.accumulator<32> {
  ^bb0(%x: f32, %y: i32):
    rdtile.yield %x : f32
  }
  // CHECK: rdtile.map indexed %[[S]], %[[HIGH]] : {{.*}} -> !rdtile.accumulator<32> {
  // CHECK-NEXT: ^bb0(%{{.*}}: i32, %{{.*}}: i32, %{{.*}}: f32, %{{.*}}: i32):
  %1 = rdtile.map indexed %s, %high : !rdtile.accumulator<32>, !rdtile.rows<i32> -> !rdtile.accumulator<32> {
  ^bb0(%row: i32, %column: i32, %x: f32, %y: i32):
    rdtile.yield %x : f32
  }
  // CHECK: rdtile.map indexed -> !rdtile.rows<i1> attributes {note = 1 : i64} {
  // CHECK-NEXT: ^bb0(%[[ROW:.*]]: i32):
  // CHECK-NEXT: arith.cmpi eq, %[[ROW]], %[[ROW]] : i32
  %2 = rdtile.map indexed -> !rdtile.rows<i1> attributes {note = 1} {
  ^bb0(%row: i32):
    %same = arith.cmpi eq, %row, %row : i32
    rdtile.yield %same : i1
  }
  return
}

// CHECK-LABEL: @products
// CHECK-SAME: (%[[Q:.*]]: !rdtile.tile<128x96xbf16>, %[[K:.*]]: !rdtile.tile<176x96xbf16>, %[[P:.*]]: !rdtile.operand<176xbf16>, %[[V:.*]]: !rdtile.tile<176x36xbf16>, %[[FIRST:.*]]: i32, %[[FACTORS:.*]]: !rdtile.rows<f32>)
func.func @products(%q: !rdtile.tile<128x96xbf16>, %k: !rdtile.tile<176x96xbf16>, %p: !rdtile.operand<176xbf16>,
                    %v: !rdtile.tile<176x36xbf16>, %first: i32, %factors: !rdtile.rows<f32>) {
  // CHECK: %[[S:.*]] = rdtile.start_scores %[[Q]] rows(%[[FIRST]]), %[[K]] : !rdtile.tile<128x96xbf16>, !rdtile.tile<176x96xbf16> -> !rdtile.pending<176>
  %s = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x96xbf16>, !rdtile.tile<176x96xbf16> -> !rdtile.pending<176>
  // Dv of 36 is five times eight columns.
  // CHECK: %[[O:.*]] = rdtile.start_outputs %[[P]], %[[V]] : !rdtile.operand<176xbf16>, !rdtile.tile<176x36xbf16> -> !rdtile.pending<40>
  %o = rdtile.start_outputs %p, %v : !rdtile.operand<176xbf16>, !rdtile.tile<176x36xbf16> -> !rdtile.pending<40>
  // CHECK: rdtile.wait_mma %[[S]] in_flight(1) : !rdtile.pending<176>
  %scores = rdtile.wait_mma %s in_flight(1) : !rdtile.pending<176>
  // CHECK: %[[SUM:.*]] = rdtile.wait_mma %[[O]] in_flight(0) {note = 1 : i64} : !rdtile.pending<40>
  %sum = rdtile.wait_mma %o in_flight(0) {note = 1} : !rdtile.pending<40>
  // CHECK: rdtile.hold_waits %[[FACTORS]] : !rdtile.rows<f32>
  rdtile.hold_waits %factors : !rdtile.rows<f32>
  // CHECK: rdtile.hold_waits %[[FACTORS]] {note = 1 : i64} : !rdtile.rows<f32>
  rdtile.hold_waits %factors {note = 1} : !rdtile.rows<f32>
  // CHECK: rdtile.start_outputs %[[P]], %[[V]] into %[[SUM]] {note = 1 : i64} : !rdtile.operand<176xbf16>, !rdtile.tile<176x36xbf16> -> !rdtile.pending<40>
  %next = rdtile.start_outputs %p, %v into %sum {note = 1} : !rdtile.operand<176xbf16>, !rdtile.tile<176x36xbf16> -> !rdtile.pending<40>
  return
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

// CHECK-LABEL: gpu.func @kernel
// CHECK-SAME: (%{{.*}}: !rdtile.maps, %[[COUNTER:.*]]: memref<2xi32>) kernel
gpu.module @kernels {
  gpu.func @kernel(%maps: !rdtile.maps, %counter: memref<2xi32>) kernel {
    // CHECK: rdtile.roles producer registers(24) {
    rdtile.roles producer registers(24) {
      // CHECK: rdtile.next_item %[[COUNTER]] : memref<2xi32>
      %item = rdtile.next_item %counter : memref<2xi32>
      // CHECK: rdtile.retire %[[COUNTER]] : memref<2xi32>
      rdtile.retire %counter : memref<2xi32>
    // CHECK: } consumers(2) registers(240) {
    } consumers(2) registers(240) {
    // CHECK-NEXT: ^bb0(%[[WARPGROUP:.*]]: i32):
    ^bb0(%warpgroup: i32):
      // CHECK: rdtile.sync_warps %[[WARPGROUP]] threads(128)
      rdtile.sync_warps %warpgroup threads(128)
    }
    gpu.return
  }
}

// As many registers as a block of three or four warpgroups has.

// CHECK-LABEL: gpu.func @pools
gpu.module @pools {
  gpu.func @pools() kernel {
    // CHECK: producer registers(56)
    rdtile.roles producer registers(56) {
    } consumers(3) registers(152) {
    ^bb0(%warpgroup: i32):
    }
    // CHECK: producer registers(56)
    rdtile.roles producer registers(56) {
    } consumers(2) registers(224) {
    ^bb0(%warpgroup: i32):
    }
    // CHECK: producer registers(24)
    rdtile.roles producer registers(24) {
    } consumers(1) registers(240) {
    ^bb0(%warpgroup: i32):
    }
    gpu.return
  }
}
