// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Branches that meet: each item writes outputs that are not divided yet, what their
// exponents are counted from, and their sums, to the part of its branch; a second
// kernel makes o and lse of them.

// CHECK-LABEL: func.func @merge(
func.func @merge(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %lse: memref<1x4x64xf32>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) epilogue(merge) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK-SAME: %[[PARTIALS:[^:]*]]: memref<?x?x?x?x64xf32>, %[[STATISTICS:[^:]*]]: memref<2x?x?x?x?xf32>, %[[PHASES:[^:]*]]: memref<?xi32>, %{{[^:]*}}: f32, %{{[^:]*}}: memref<?x9xi32>
// CHECK: rdtile.roles
// The branch is the phase that the item's number lies in.
// CHECK: scf.for
// CHECK: memref.load %[[PHASES]]
// CHECK: } consumers(2)
// CHECK-NOT: arith.divf
// CHECK: %[[PART:.*]] = memref.subview %[[PARTIALS]][%{{.*}}, 0, 0, 0, 0]
// CHECK: rdtile.store_rows vectors {{.*}} to %[[PART]]{{.*}} : !rdtile.accumulator<64>, memref<?x?x?x64xf32
// CHECK: %[[SHIFTS:.*]] = memref.subview %[[STATISTICS]][0, %{{.*}}, 0, 0, 0]
// CHECK: rdtile.store_scalars {{.*}} to %[[SHIFTS]]
// CHECK: %[[SUMS:.*]] = memref.subview %[[STATISTICS]][1, %{{.*}}, 0, 0, 0]
// CHECK: rdtile.store_scalars {{.*}} to %[[SUMS]]
// CHECK-NOT: math.log2
// CHECK: gpu.return

// One warp a row of o; the branches in their order, so that results repeat.

// CHECK-LABEL: gpu.func @merge(
// CHECK-SAME: %[[PARTIALS:[^:]*]]: memref<?x?x?x?x64xf32>, %[[STATISTICS:[^:]*]]: memref<2x?x?x?x?xf32>, %[[O:[^:]*]]: memref<?x?x?x64xbf16, strided<[?, ?, ?, 1]>>, %[[LSE:[^:]*]]: memref<?x?x?xf32, strided<[?, ?, ?]>>)
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK: scf.for
// The highest exponent of all branches, then their sums counted from it.
// CHECK: scf.for
// CHECK: memref.load %[[STATISTICS]]
// CHECK: arith.maxnumf
// CHECK: scf.for
// CHECK: math.exp2
// CHECK: math.fma
// S5: a row that no branch computed is zero.
// CHECK: arith.select
// Columns, 32 apart; what a branch did not compute is not read.
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.if
// CHECK: memref.load %[[PARTIALS]]
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK: memref.store %{{.*}}, %[[O]]
// CHECK: scf.if
// CHECK: math.log2
// CHECK: memref.store %{{.*}}, %[[LSE]]
// The next launch finds statistics of empty rows, once all lanes have read these.
// CHECK: nvvm.bar.warp.sync
// CHECK: scf.if
// CHECK: scf.for
// CHECK-DAG: memref.store %[[LOWEST:.*]], %[[STATISTICS]][%c0
// CHECK-DAG: memref.store %[[ZERO:.*]], %[[STATISTICS]][%c1
// CHECK: gpu.return

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Without lse it is not computed; rows of odd columns go by elements.

// CHECK-LABEL: func.func @fill(
func.func @fill(%q: memref<1x64x4x36xf16>, %k: memref<1x64x2x36xf16>, %o: memref<1x64x4x36xf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x36xf16>, memref<1x64x2x36xf16>, memref<1x64x2x36xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x36xf16>) gathered epilogue(fill) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_elements(
// CHECK: rdtile.store_rows elements {{.*}} : !rdtile.accumulator<40>, memref<?x?x?x36xf32
// CHECK-LABEL: gpu.func @merge(
// CHECK-SAME: memref<?x?x?x36xf16, strided<[?, ?, ?, 1]>>) kernel
// CHECK-NOT: math.log2
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK-NOT: math.log2
// CHECK: gpu.return
