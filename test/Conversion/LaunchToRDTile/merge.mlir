// RUN: rdattn-opt %s --convert-rdattn-launch-to-rdtile --canonicalize --cse -split-input-file | FileCheck %s

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Branches that meet: each item writes its o in the element type, what its exponents
// are counted from, and its sums, to the part of its branch; a second kernel makes o
// and lse of them.

// CHECK-LABEL: func.func @merge(
func.func @merge(%q: memref<1x64x4x64xbf16>, %k: memref<1x64x2x64xbf16>, %o: memref<1x64x4x64xbf16>, %lse: memref<1x4x64xf32>, %scale: f32,
                 %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x64xbf16>, memref<1x64x2x64xbf16>, memref<1x64x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o, %lse : memref<1x64x4x64xbf16>, memref<1x4x64xf32>) epilogue(merge) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_map(
// CHECK-SAME: %[[PARTIALS:[^:]*]]: memref<?x?x?x?x64xbf16>, %[[STATISTICS:[^:]*]]: memref<2x?x?x?x?xf32>, %[[PHASES:[^:]*]]: memref<?xi32>, %{{[^:]*}}: f32, %{{[^:]*}}: memref<?x9xi32>
// CHECK: rdtile.roles
// The branch is the phase that the item's number lies in.
// CHECK: scf.for
// CHECK: memref.load %[[PHASES]]
// CHECK: } consumers(2)
// S5: a row that saw no key has o = 0.
// CHECK: %[[INVERSE:.*]] = arith.divf
// CHECK: arith.select %{{.*}}, %{{.*}}, %[[INVERSE]]
// CHECK: %[[PART:.*]] = memref.subview %[[PARTIALS]][%{{.*}}, 0, 0, 0, 0]
// CHECK: rdtile.store_rows vectors {{.*}} to %[[PART]]{{.*}} : !rdtile.accumulator<64>, memref<?x?x?x64xbf16
// CHECK: %[[SHIFTS:.*]] = memref.subview %[[STATISTICS]][0, %{{.*}}, 0, 0, 0]
// CHECK: rdtile.store_scalars {{.*}} to %[[SHIFTS]]
// CHECK: %[[SUMS:.*]] = memref.subview %[[STATISTICS]][1, %{{.*}}, 0, 0, 0]
// CHECK: rdtile.store_scalars {{.*}} to %[[SUMS]]
// CHECK-NOT: math.log2
// CHECK: gpu.return

// Eight lanes of eight columns a row of o, 32 rows a block; the branches in their
// order, so that results repeat.

// CHECK-LABEL: gpu.func @merge(
// CHECK-SAME: %[[PARTIALS:[^:]*]]: memref<?x?x?x?x64xbf16>, %[[STATISTICS:[^:]*]]: memref<2x?x?x?x?xf32>, %[[O:[^:]*]]: memref<?x?x?x64xbf16, strided<[?, ?, ?, 1]>>, %[[LSE:[^:]*]]: memref<?x?x?xf32, strided<[?, ?, ?]>>)
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK: %[[THREAD:.*]] = arith.index_cast %thread_id_x
// CHECK: %[[LANE:.*]] = arith.remui %[[THREAD]], %c8_i32
// CHECK: arith.divui %[[THREAD]], %c8_i32
// Vectors are written where o's address and strides are multiples of 16 bytes.
// CHECK: memref.extract_strided_metadata %[[O]]
// CHECK: memref.extract_aligned_pointer_as_index %[[O]]
// CHECK: arith.andi %{{.*}}, %c15
// CHECK: %[[ALIGNED:.*]] = arith.cmpi eq
// From tile to tile without a division.
// CHECK: scf.while
// CHECK-NOT: arith.div
// CHECK-NOT: arith.rem
// CHECK: %[[ROWS:.*]] = memref.subview %[[PARTIALS]][0, {{.*}} to memref<?x64xbf16
// CHECK: %[[SHIFTS_AND_SUMS:.*]] = memref.subview %[[STATISTICS]][0, 0, {{.*}} to memref<2x?xf32
// CHECK: scf.if
// One pass, four branches at a time: all of their statistics, then all of their rows.
// CHECK: scf.for {{.*}} step %c4_i32 iter_args({{.*}}) -> (f32, f32, vector<8xf32>)
// CHECK-COUNT-8: memref.load %[[SHIFTS_AND_SUMS]]
// Nothing is read where none of them computed the row.
// CHECK: scf.if
// CHECK-NEXT: scf.yield
// CHECK-NEXT: } else {
// CHECK-COUNT-4: vector.load %[[ROWS]][{{.*}}] {alignment = 16 : i64} : memref<?x64xbf16, {{.*}}>, vector<8xbf16>
// CHECK-COUNT-4: arith.maxnumf
// CHECK-COUNT-5: math.exp2
// CHECK-NOT: vector.load
// CHECK: scf.yield %{{.*}} : f32, f32, vector<8xf32>
// CHECK-NEXT: }
// CHECK-NEXT: scf.yield %{{.*}} : f32, f32, vector<8xf32>
// S5: a row that no branch computed is zero.
// CHECK: arith.divf
// CHECK: arith.select
// CHECK: arith.truncf %{{.*}} : vector<8xf32> to vector<8xbf16>
// CHECK: scf.if %[[ALIGNED]] {
// CHECK: vector.store %{{.*}}, %[[O]][{{.*}}] {alignment = 16 : i64}
// CHECK: } else {
// CHECK-COUNT-8: memref.store %{{.*}}, %[[O]]
// CHECK: scf.if
// CHECK: math.log2
// CHECK: memref.store %{{.*}}, %[[LSE]]
// The next launch finds statistics of empty rows, once all lanes have read these.
// CHECK: nvvm.bar.warp.sync
// CHECK: scf.if
// CHECK: scf.for %{{.*}} = %[[LANE]] to
// CHECK-DAG: memref.store %[[LOWEST:.*]], %[[SHIFTS_AND_SUMS]][%c0
// CHECK-DAG: memref.store %[[ZERO:.*]], %[[SHIFTS_AND_SUMS]][%c1
// CHECK: gpu.return

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>

// Without lse it is not computed; rows of odd columns go by elements, and merge in
// vectors as wide as they allow. Nine lanes of a row may be in two warps.

// CHECK-LABEL: func.func @fill(
func.func @fill(%q: memref<1x64x4x36xf16>, %k: memref<1x64x2x36xf16>, %o: memref<1x64x4x36xf16>, %scale: f32,
                %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %k : memref<1x64x4x36xf16>, memref<1x64x2x36xf16>, memref<1x64x2x36xf16>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x36xf16>) gathered epilogue(fill) schedule(#sm90)
  return
}

// CHECK-LABEL: gpu.func @attention_elements(
// CHECK: rdtile.store_rows elements {{.*}} : !rdtile.accumulator<40>, memref<?x?x?x36xf16
// CHECK-LABEL: gpu.func @merge(
// CHECK-SAME: memref<?x?x?x36xf16, strided<[?, ?, ?, 1]>>) kernel
// CHECK-NOT: math.log2
// CHECK-COUNT-4: vector.load {{.*}} {alignment = 8 : i64} : memref<?x36xf16, {{.*}}>, vector<4xf16>
// CHECK-NOT: math.log2
// CHECK: arith.truncf %{{.*}} : vector<4xf32> to vector<4xf16>
// CHECK-NOT: math.log2
// CHECK-NOT: nvvm.bar.warp.sync
// CHECK: gpu.barrier
// CHECK: gpu.return

// -----

#f32 = #rdattn.sm80<queries = 64, keys = 16, stages = 1, warpgroups = 1, order = plain, group = 0>

// f32 stays f32; a row of as many columns as there may be.

// CHECK-LABEL: func.func @f32(
func.func @f32(%q: memref<1x64x4x64xf32>, %k: memref<1x64x2x64xf32>, %v: memref<1x64x2x255xf32>, %o: memref<1x64x4x255xf32>, %scale: f32,
               %items: memref<?x9xi32>, %rows: memref<?xi32>, %phases: memref<2xi32>) {
  rdattn.launch ins(%q, %k, %v : memref<1x64x4x64xf32>, memref<1x64x2x64xf32>, memref<1x64x2x255xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
      outs(%o : memref<1x64x4x255xf32>) epilogue(merge) schedule(#f32)
  return
}

// CHECK-LABEL: gpu.func @merge(
// CHECK-SAME: memref<?x?x?x?x255xf32>
// CHECK-COUNT-4: vector.load {{.*}} {alignment = 4 : i64} : memref<?x255xf32, {{.*}}>, vector<1xf32>
// CHECK-NOT: arith.truncf
// CHECK: gpu.barrier
// CHECK: gpu.return
