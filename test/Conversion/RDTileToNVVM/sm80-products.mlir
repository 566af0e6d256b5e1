// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -split-input-file -allow-unregistered-dialect | FileCheck %s --implicit-check-not=rdtile.

// Products of every GPU since Ampere. A lane gives ldmatrix the address of one
// row of one of four matrices; the swizzle is an exclusive or with the row's
// last three bits. The rest is an offset in the instruction: eight rows are 1024
// bytes, a panel of 16 rows 2048.

gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
  // CHECK-LABEL: gpu.func @scores
  // CHECK: %[[LANE:.*]] = arith.andi %{{.*}}, %c31_i32
  // CHECK: %[[ROW:.*]] = arith.andi %[[LANE]], %c7_i32
  // CHECK: arith.xori %[[ROW]],
  // CHECK: %[[A:.*]] = llvm.inline_asm has_side_effects {{.*}}"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0,$1,$2,$3}, [$4 + 0];", "=r,=r,=r,=r,r,~{memory}"
  // CHECK: %[[A0:.*]] = llvm.extractvalue %[[A]][0]
  // CHECK: %[[B:.*]] = llvm.inline_asm has_side_effects {{.*}}"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0,$1,$2,$3}, [$4 + 0];"
  // CHECK: %[[B0:.*]] = llvm.extractvalue %[[B]][0]
  // CHECK: %[[B1:.*]] = llvm.extractvalue %[[B]][1]
  // CHECK: llvm.inline_asm asm_dialect = att "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {$0,$1,$2,$3}, {$4,$5,$6,$7}, {$8,$9}, {$10,$11,$12,$13};", "=f,=f,=f,=f,r,r,r,r,r,r,f,f,f,f" %[[A0]], %{{.*}}, %{{.*}}, %{{.*}}, %[[B0]], %[[B1]], %cst, %cst, %cst, %cst
  // CHECK-COUNT-1: mma.sync
  // Five steps of 16 columns: the fifth is in the second panel, of 128 rows of q
  // and of 16 of k.
  // CHECK-COUNT-6: ldmatrix.sync
  // CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0,$1,$2,$3}, [$4 + 16384];
  // CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$0,$1,$2,$3}, [$4 + 2048];
  // CHECK-COUNT-2: mma.sync
  // CHECK-NOT: mma.sync
  // CHECK: "test.use"
  gpu.func @scores(%first: i32) kernel {
    %zero = arith.constant 0 : i32
    %rq = rdtile.shared offset(0) : !rdtile.ring<1, 128x72xbf16>
    %rk = rdtile.shared offset(32768) : !rdtile.ring<1, 16x72xbf16>
    %q = rdtile.stage %rq[%zero] : !rdtile.ring<1, 128x72xbf16>
    %k = rdtile.stage %rk[%zero] : !rdtile.ring<1, 16x72xbf16>
    %pending = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x72xbf16>, !rdtile.tile<16x72xbf16> -> !rdtile.pending<16>
    %s = rdtile.wait_mma %pending in_flight(0) : !rdtile.pending<16>
    %rows = rdtile.map %s : !rdtile.accumulator<16> -> !rdtile.accumulator<16> {
    ^bb0(%x: f32):
      "test.use"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // Two blocks of rows read k, and v, once.
  // CHECK-LABEL: gpu.func @blocks
  // CHECK: [$4 + 0];
  // CHECK: [$4 + 8192];
  // CHECK: [$4 + 0];
  // CHECK-COUNT-4: mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32
  // CHECK: ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$0,$1,$2,$3}, [$4 + 0];
  // CHECK-COUNT-2: mma.sync
  // CHECK-NOT: mma.sync
  gpu.func @blocks(%first: i32) kernel {
    %zero = arith.constant 0 : i32
    %rq = rdtile.shared offset(0) : !rdtile.ring<1, 128x16xf16>
    %rk = rdtile.shared offset(32768) : !rdtile.ring<1, 16x16xf16>
    %rv = rdtile.shared offset(65536) : !rdtile.ring<1, 16x8xf16>
    %q = rdtile.stage %rq[%zero] : !rdtile.ring<1, 128x16xf16>
    %k = rdtile.stage %rk[%zero] : !rdtile.ring<1, 16x16xf16>
    %v = rdtile.stage %rv[%zero] : !rdtile.ring<1, 16x8xf16>
    %s:2 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x16xf16>, !rdtile.tile<16x16xf16> -> !rdtile.pending<16>, !rdtile.pending<16>
    %s0 = rdtile.wait_mma %s#0 in_flight(0) : !rdtile.pending<16>
    %s1 = rdtile.wait_mma %s#1 in_flight(0) : !rdtile.pending<16>
    %p0 = rdtile.convert %s0 : !rdtile.accumulator<16> -> !rdtile.operand<16xf16>
    %p1 = rdtile.convert %s1 : !rdtile.accumulator<16> -> !rdtile.operand<16xf16>
    %o:2 = rdtile.start_outputs %p0, %p1, %v : !rdtile.operand<16xf16>, !rdtile.operand<16xf16>, !rdtile.tile<16x8xf16> -> !rdtile.pending<8>, !rdtile.pending<8>
    %o0 = rdtile.wait_mma %o#0 in_flight(0) : !rdtile.pending<8>
    %o1 = rdtile.wait_mma %o#1 in_flight(0) : !rdtile.pending<8>
    %u = rdtile.map %o0, %o1 : !rdtile.accumulator<8>, !rdtile.accumulator<8> -> !rdtile.accumulator<8> {
    ^bb0(%x: f32, %y: f32):
      "test.use"(%x, %y) : (f32, f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }
}

// -----

// f32 is the sum of two of tf32; of their products three count. Those of the
// small parts have sums of their own, and all meet in f32.

gpu.module @float [#nvvm.target<chip = "sm_80">] {
  // CHECK-LABEL: gpu.func @scores
  // CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16
  // CHECK: %[[X:.*]] = arith.bitcast %{{.*}} : i32 to f32
  // CHECK: %[[BIG:.*]] = llvm.inline_asm asm_dialect = att "cvt.rna.tf32.f32 $0, $1;", "=r,f" %[[X]]
  // CHECK: %[[ROUNDED:.*]] = arith.bitcast %[[BIG]] : i32 to f32
  // CHECK: %[[SMALL:.*]] = arith.subf %[[X]], %[[ROUNDED]]
  // CHECK: %[[S0:.*]] = arith.bitcast %[[SMALL]] : f32 to i32
  // CHECK: ldmatrix.sync.aligned.m8n8.x4.shared.b16
  // CHECK: "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {{.*}} %[[S0]],
  // CHECK: "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {{.*}} %[[BIG]],
  // CHECK: "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {{.*}} %[[BIG]],
  // CHECK-COUNT-3: mma.sync
  // CHECK-NOT: mma.sync
  // CHECK: arith.addf
  // Rows 2t and 2t + 1 of v, column by column.
  // CHECK: ld.shared.b32 $0, [$1 + 0];
  // CHECK: ld.shared.b32 $0, [$1 + 0];
  // CHECK-COUNT-3: mma.sync
  // CHECK: ld.shared.b32 $0, [$1 + 1024];
  // CHECK: ld.shared.b32 $0, [$1 + 1024];
  // CHECK-COUNT-3: mma.sync
  // CHECK-NOT: mma.sync
  // CHECK: "test.use"
  gpu.func @scores(%first: i32) kernel {
    %zero = arith.constant 0 : i32
    %rq = rdtile.shared offset(0) : !rdtile.ring<1, 64x8xf32>
    %rk = rdtile.shared offset(32768) : !rdtile.ring<1, 16x8xf32>
    %q = rdtile.stage %rq[%zero] : !rdtile.ring<1, 64x8xf32>
    %k = rdtile.stage %rk[%zero] : !rdtile.ring<1, 16x8xf32>
    %pending = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<64x8xf32>, !rdtile.tile<16x8xf32> -> !rdtile.pending<16>
    %s = rdtile.wait_mma %pending in_flight(0) : !rdtile.pending<16>
    %p = rdtile.convert %s : !rdtile.accumulator<16> -> !rdtile.operand<16xf32>
    %sum = rdtile.start_outputs %p, %k : !rdtile.operand<16xf32>, !rdtile.tile<16x8xf32> -> !rdtile.pending<8>
    %o = rdtile.wait_mma %sum in_flight(0) : !rdtile.pending<8>
    %rows = rdtile.map %o : !rdtile.accumulator<8> -> !rdtile.accumulator<8> {
    ^bb0(%x: f32):
      "test.use"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }
}

// -----

// Nothing runs beside other instructions, so there is no wait to hold.

gpu.module @hold [#nvvm.target<chip = "sm_80">] {
  // CHECK-LABEL: gpu.func @hold
  // CHECK-NOT: llvm.inline_asm
  // CHECK: gpu.return
  gpu.func @hold(%factor: f32) kernel {
    %factors = rdtile.splat %factor : f32 -> !rdtile.rows<f32>
    rdtile.hold_waits %factors : !rdtile.rows<f32>
    gpu.return
  }
}
