// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -allow-unregistered-dialect | FileCheck %s --implicit-check-not=rdtile.

gpu.module @kernels {
  // A thread's columns are pairs; four words are exchanged in the quad, so that
  // each thread writes 16 bytes in a row of 32 columns. All threads exchange; those
  // whose row exists write.

  // CHECK-LABEL: gpu.func @vectors
  // CHECK-SAME: (%[[TO:[^:]*]]: memref<{{.*}}>, %[[BATCH:.*]]: i32, %[[HEAD:.*]]: i32)
  // CHECK: %[[TOKEN0:.*]] = "test.token"() : () -> i32
  // CHECK: %[[TOKEN1:.*]] = "test.token"()
  // CHECK: memref.extract_aligned_pointer_as_index %[[TO]]
  // CHECK: %[[EXISTS0:.*]] = arith.cmpi sge, %[[TOKEN0]], %c0_i32
  // CHECK-COUNT-4: cvt.rn.bf16x2.f32 $0, $2, $1;
  // CHECK-COUNT-4: nvvm.shfl.sync bfly
  // CHECK: scf.if %[[EXISTS0]] {
  // CHECK-NEXT: llvm.inline_asm has_side_effects {{.*}}"st.global.v4.b32 [$0], {$1, $2, $3, $4};", "l,r,r,r,r,~{memory}"
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK: %[[EXISTS1:.*]] = arith.cmpi sge, %[[TOKEN1]], %c0_i32
  // CHECK-COUNT-4: cvt.rn.bf16x2.f32 $0, $2, $1;
  // CHECK-COUNT-4: nvvm.shfl.sync bfly
  // CHECK: scf.if %[[EXISTS1]] {
  // CHECK-NEXT: "st.global.v4.b32
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK-NOT: st.global
  // CHECK: gpu.return
  gpu.func @vectors(%to: memref<?x?x?x32xbf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32) kernel {
    %o = rdtile.map -> !rdtile.accumulator<32> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.map -> !rdtile.rows<i32> {
      %token = "test.token"() : () -> i32
      rdtile.yield %token : i32
    }
    rdtile.store_rows vectors %o to %to[%batch, %tokens, %head]
        : !rdtile.accumulator<32>, memref<?x?x?x32xbf16, strided<[?, ?, ?, 1]>>, !rdtile.rows<i32>
    gpu.return
  }

  // What 40 columns have beside a whole 32 goes in pairs.

  // CHECK-LABEL: gpu.func @pairs
  // CHECK-COUNT-4: cvt.rn.f16x2.f32 $0, $2, $1;
  // CHECK-COUNT-4: nvvm.shfl.sync bfly
  // CHECK: arith.addi %{{.*}}, %c32_i32
  // CHECK: cvt.rn.f16x2.f32 $0, $2, $1;
  // CHECK: scf.if
  // CHECK-NEXT: "st.global.v4.b32
  // CHECK-NEXT: "st.global.b32 [$0], $1;", "l,r,~{memory}"
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK-COUNT-5: cvt.rn.f16x2.f32
  // CHECK: scf.if
  // CHECK-NEXT: "st.global.v4.b32
  // CHECK-NEXT: "st.global.b32
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK-NOT: st.global
  // CHECK: gpu.return
  gpu.func @pairs(%to: memref<?x?x?x40xf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32, %token: i32) kernel {
    %o = rdtile.map -> !rdtile.accumulator<40> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.splat %token : i32 -> !rdtile.rows<i32>
    rdtile.store_rows vectors %o to %to[%batch, %tokens, %head]
        : !rdtile.accumulator<40>, memref<?x?x?x40xf16, strided<[?, ?, ?, 1]>>, !rdtile.rows<i32>
    gpu.return
  }

  // f32: two columns an instruction, no exchange.

  // CHECK-LABEL: gpu.func @f32(
  // CHECK-NOT: cvt.
  // CHECK-NOT: nvvm.shfl
  // CHECK: scf.if
  // CHECK-NEXT: "st.global.v2.f32 [$0], {$1, $2};", "l,f,f,~{memory}"
  // CHECK-NEXT: "st.global.v2.f32
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK: scf.if
  // CHECK-NEXT: "st.global.v2.f32
  // CHECK-NEXT: "st.global.v2.f32
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK-NOT: st.global
  // CHECK: gpu.return
  gpu.func @f32(%to: memref<?x?x?x16xf32>, %batch: i32, %head: i32, %token: i32) kernel {
    %o = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.splat %token : i32 -> !rdtile.rows<i32>
    rdtile.store_rows vectors %o to %to[%batch, %tokens, %head]
        : !rdtile.accumulator<16>, memref<?x?x?x16xf32>, !rdtile.rows<i32>
    gpu.return
  }

  // One element at a time; the accumulator has 16 columns, the destination 12, so
  // that those of the second eight are asked whether they are inside.

  // CHECK-LABEL: gpu.func @elements
  // CHECK-NOT: nvvm.shfl
  // CHECK: scf.if
  // CHECK: arith.truncf %{{.*}} : f32 to bf16
  // CHECK: llvm.store %{{.*}}, %{{.*}} : bf16, !llvm.ptr<1>
  // CHECK: llvm.store %{{.*}}, %{{.*}} : bf16, !llvm.ptr<1>
  // CHECK: arith.cmpi slt, %{{.*}}, %c12_i32
  // CHECK-NEXT: scf.if
  // CHECK: llvm.store %{{.*}}, %{{.*}} : bf16, !llvm.ptr<1>
  // CHECK: arith.cmpi slt, %{{.*}}, %c12_i32
  // CHECK-NEXT: scf.if
  // CHECK: llvm.store %{{.*}}, %{{.*}} : bf16, !llvm.ptr<1>
  // CHECK: scf.if
  // CHECK-COUNT-4: llvm.store
  // CHECK-NOT: llvm.store
  // CHECK-NOT: st.global
  // CHECK: gpu.return
  gpu.func @elements(%to: memref<?x?x?x12xbf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32, %token: i32) kernel {
    %o = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.splat %token : i32 -> !rdtile.rows<i32>
    rdtile.store_rows elements %o to %to[%batch, %tokens, %head]
        : !rdtile.accumulator<16>, memref<?x?x?x12xbf16, strided<[?, ?, ?, 1]>>, !rdtile.rows<i32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @f32_elements
  // CHECK-NOT: arith.truncf
  // CHECK: llvm.store %{{.*}}, %{{.*}} : f32, !llvm.ptr<1>
  // CHECK: gpu.return
  gpu.func @f32_elements(%to: memref<?x?x?x7xf32>, %batch: i32, %head: i32, %token: i32) kernel {
    %o = rdtile.map -> !rdtile.accumulator<8> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.splat %token : i32 -> !rdtile.rows<i32>
    rdtile.store_rows elements %o to %to[%batch, %tokens, %head]
        : !rdtile.accumulator<8>, memref<?x?x?x7xf32>, !rdtile.rows<i32>
    gpu.return
  }

  // A row's scalar by the first of its four threads, where its token exists.

  // CHECK-LABEL: gpu.func @scalars
  // CHECK: %[[LSE0:.*]] = "test.scalar"() : () -> f32
  // CHECK: %[[LSE1:.*]] = "test.scalar"()
  // CHECK: %[[TOKEN0:.*]] = "test.token"() : () -> i32
  // CHECK: %[[TOKEN1:.*]] = "test.token"()
  // CHECK: %[[LANE:.*]] = arith.andi %{{.*}}, %c3_i32
  // CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[LANE]], %c0_i32
  // CHECK: %[[EXISTS0:.*]] = arith.cmpi sge, %[[TOKEN0]], %c0_i32
  // CHECK: %[[WRITES0:.*]] = arith.andi %[[FIRST]], %[[EXISTS0]]
  // CHECK: scf.if %[[WRITES0]] {
  // CHECK: llvm.store %[[LSE0]], %{{.*}} : f32, !llvm.ptr<1>
  // CHECK: %[[EXISTS1:.*]] = arith.cmpi sge, %[[TOKEN1]], %c0_i32
  // CHECK: %[[WRITES1:.*]] = arith.andi %[[FIRST]], %[[EXISTS1]]
  // CHECK: scf.if %[[WRITES1]] {
  // CHECK: llvm.store %[[LSE1]], %{{.*}} : f32, !llvm.ptr<1>
  // CHECK: gpu.return
  gpu.func @scalars(%to: memref<?x?x?xf32>, %batch: i32, %head: i32) kernel {
    %lse = rdtile.map -> !rdtile.rows<f32> {
      %x = "test.scalar"() : () -> f32
      rdtile.yield %x : f32
    }
    %tokens = rdtile.map -> !rdtile.rows<i32> {
      %token = "test.token"() : () -> i32
      rdtile.yield %token : i32
    }
    rdtile.store_scalars %lse to %to[%batch, %head, %tokens] : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<i32>
    gpu.return
  }
}
