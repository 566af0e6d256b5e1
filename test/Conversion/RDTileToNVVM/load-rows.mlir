// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -allow-unregistered-dialect | FileCheck %s --implicit-check-not=rdtile.

gpu.module @kernels {
  // A thread reads two columns of every eight, of the rows that exist.

  // CHECK-LABEL: gpu.func @vectors
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK: %[[TOKEN0:.*]] = "test.token"() : () -> i32
  // CHECK: %[[TOKEN1:.*]] = "test.token"()
  // CHECK: %[[EXISTS0:.*]] = arith.cmpi sge, %[[TOKEN0]], %c0_i32
  // CHECK: %[[ROW0:.*]]:4 = scf.if %[[EXISTS0]] -> (f32, f32, f32, f32) {
  // CHECK-COUNT-2: "ld.global.v2.f32 {$0, $1}, [$2];", "=f,=f,l,~{memory}"
  // CHECK-NOT: ld.global
  // CHECK: } else {
  // CHECK-NEXT: scf.yield %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]]
  // CHECK: %[[EXISTS1:.*]] = arith.cmpi sge, %[[TOKEN1]], %c0_i32
  // CHECK: %[[ROW1:.*]]:4 = scf.if %[[EXISTS1]]
  // CHECK: "test.use"(%[[ROW0]]#0) : (f32) -> ()
  // CHECK-NEXT: "test.use"(%[[ROW0]]#1)
  // CHECK-NEXT: "test.use"(%[[ROW1]]#0)
  // CHECK-NEXT: "test.use"(%[[ROW1]]#1)
  // CHECK-NEXT: "test.use"(%[[ROW0]]#2)
  // CHECK-NEXT: "test.use"(%[[ROW0]]#3)
  // CHECK-NEXT: "test.use"(%[[ROW1]]#2)
  // CHECK-NEXT: "test.use"(%[[ROW1]]#3)
  gpu.func @vectors(%from: memref<?x?x?x16xf32>, %batch: i32, %head: i32) kernel {
    %tokens = rdtile.map -> !rdtile.rows<i32> {
      %token = "test.token"() : () -> i32
      rdtile.yield %token : i32
    }
    %o = rdtile.load_rows vectors %from[%batch, %tokens, %head]
        : memref<?x?x?x16xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<16>
    %used = rdtile.map %o : !rdtile.accumulator<16> -> !rdtile.accumulator<16> {
    ^bb0(%x: f32):
      "test.use"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // Columns past the last are 0.

  // CHECK-LABEL: gpu.func @elements
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %{{.*}}, %c3_i32
  // CHECK: scf.if %[[INSIDE]] -> (f32) {
  // CHECK: llvm.load %{{.*}} : !llvm.ptr<1> -> f32
  // CHECK: } else {
  // CHECK-NEXT: scf.yield %{{.*}} : f32
  gpu.func @elements(%from: memref<?x?x?x3xf32>, %batch: i32, %head: i32) kernel {
    %tokens = rdtile.map -> !rdtile.rows<i32> {
      %token = "test.token"() : () -> i32
      rdtile.yield %token : i32
    }
    %o = rdtile.load_rows elements %from[%batch, %tokens, %head]
        : memref<?x?x?x3xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<8>
    %used = rdtile.map %o : !rdtile.accumulator<8> -> !rdtile.accumulator<8> {
    ^bb0(%x: f32):
      "test.use"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @scalars
  // CHECK: %[[TOKEN0:.*]] = "test.token"() : () -> i32
  // CHECK: %[[EXISTS0:.*]] = arith.cmpi sge, %[[TOKEN0]], %c0_i32
  // CHECK: scf.if %[[EXISTS0]] -> (f32) {
  // CHECK: llvm.load %{{.*}} : !llvm.ptr<1> -> f32
  gpu.func @scalars(%from: memref<?x?x?xf32>, %batch: i32, %head: i32) kernel {
    %tokens = rdtile.map -> !rdtile.rows<i32> {
      %token = "test.token"() : () -> i32
      rdtile.yield %token : i32
    }
    %sums = rdtile.load_scalars %from[%batch, %head, %tokens] : memref<?x?x?xf32>, !rdtile.rows<i32> -> !rdtile.rows<f32>
    %used = rdtile.map %sums : !rdtile.rows<f32> -> !rdtile.rows<f32> {
    ^bb0(%x: f32):
      "test.use"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }
}
