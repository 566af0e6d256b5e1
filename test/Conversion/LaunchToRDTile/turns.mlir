// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 192, keys = 128, stages = 2, consumers = 3, lanes = 4, pingpong = true, order = plain, group = 0>

// Ping-pong: a warpgroup starts products when it is its turn (named barrier 1 and
// its number, two warpgroups' threads), then passes the turn to the next one. The
// last begins by passing the first turn, the first ends by taking the last.

// CHECK-LABEL: func.func @turns(
func.func @turns(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x64xbf16>) gathered epilogue(store) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_rows(
// With 512 threads there are fewer registers.
// CHECK: rdtile.roles producer registers(32) {
// CHECK-NOT: rdtile.signal_warps
// CHECK: } consumers(3) registers(160) {
// CHECK-NEXT: ^bb0(%[[GROUP:.*]]: i32):
// CHECK: %[[IS_LAST:.*]] = arith.cmpi eq, %[[GROUP]], %c2_i32
// CHECK: scf.if %[[IS_LAST]] {
// CHECK: rdtile.signal_warps %[[NEXT:.*]] threads(256)
// CHECK: scf.while
// CHECK: %[[OWN:.*]] = arith.addi %[[GROUP]], %c1_i32
// CHECK: rdtile.sync_warps %[[OWN]] threads(256)
// CHECK: rdtile.start_scores
// CHECK: rdtile.signal_warps %{{.*}} threads(256)
// CHECK: rdtile.wait_mma
// CHECK: scf.for
// CHECK: rdtile.sync_warps %{{.*}} threads(256)
// CHECK: rdtile.start_scores
// CHECK: rdtile.start_outputs
// CHECK: rdtile.signal_warps %{{.*}} threads(256)
// CHECK-NEXT: rdtile.wait_mma
// CHECK: scf.yield
// The outputs of the last tile wait for nobody.
// CHECK-NOT: rdtile.sync_warps
// CHECK: rdtile.start_outputs
// CHECK-NOT: rdtile.signal_warps
// CHECK: rdtile.store_rows
// CHECK: %[[IS_FIRST:.*]] = arith.cmpi eq, %[[GROUP]], %c0_i32
// CHECK: scf.if %[[IS_FIRST]] {
// CHECK: rdtile.sync_warps %{{.*}} threads(256)
// CHECK: gpu.return
// CHECK-LABEL: gpu.func @attention_elements(
