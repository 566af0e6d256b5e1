// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -split-input-file \
// RUN:   | FileCheck %s --implicit-check-not=rdtile.

// Descriptors hold the address over 16 in 14 bits, the distance of eight rows
// (1024 bytes over 16, from bit 32 on) and the 128-byte swizzle (bit 62). A step of
// 16 columns is 32 bytes; the fifth begins the second panel. The first step of a
// sum ignores what its registers held; the others are tied to it.

// CHECK-LABEL: gpu.func @scores
// CHECK-SAME: (%[[FIRST:.*]]: i32)
// CHECK-DAG: %[[FIXED:.*]] = arith.constant 4611686293305360384 : i64
// CHECK-DAG: %[[MASK:.*]] = arith.constant 16383 : i32
// CHECK-DAG: %[[STEP:.*]] = arith.constant 2 : i64
// CHECK-DAG: %[[Q_PANEL:.*]] = arith.constant 512 : i64
// CHECK-DAG: %[[K_PANEL:.*]] = arith.constant 128 : i64
// CHECK: %[[ROWS:.*]] = arith.muli %[[FIRST]], %c128_i32
// CHECK: %[[Q:.*]] = arith.addi %{{.*}}, %[[ROWS]]
// CHECK: %[[Q16:.*]] = arith.shrui %[[Q]], %c4_i32
// CHECK: %[[Q14:.*]] = arith.andi %[[Q16]], %[[MASK]]
// CHECK: %[[Q64:.*]] = arith.extui %[[Q14]] : i32 to i64
// CHECK: %[[LEFT:.*]] = arith.ori %[[Q64]], %[[FIXED]]
// CHECK: %[[RIGHT:.*]] = arith.ori %{{.*}}, %[[FIXED]]
// CHECK: nvvm.wgmma.fence.aligned
// CHECK: llvm.inline_asm has_side_effects {{.*}}"{ .reg .pred accumulate; setp.ne.b32 accumulate, 0, 0; wgmma.mma_async.sync.aligned.m64n16k16.f32.bf16.bf16 {$0,$1,$2,$3,$4,$5,$6,$7}, $8, $9, accumulate, 1, 1, 0, 0; }", "=f,=f,=f,=f,=f,=f,=f,=f,l,l" %[[LEFT]], %[[RIGHT]] : (i64, i64)
// CHECK: %[[LEFT1:.*]] = arith.addi %[[LEFT]], %[[STEP]]
// CHECK: %[[RIGHT1:.*]] = arith.addi %[[RIGHT]], %[[STEP]]
// CHECK: "{ .reg .pred accumulate; setp.ne.b32 accumulate, 1, 0; wgmma.mma_async.sync.aligned.m64n16k16.f32.bf16.bf16 {$0,$1,$2,$3,$4,$5,$6,$7}, $16, $17, accumulate, 1, 1, 0, 0; }", "=f,=f,=f,=f,=f,=f,=f,=f,0,1,2,3,4,5,6,7,l,l"
// CHECK-SAME: %[[LEFT1]], %[[RIGHT1]] : (f32, f32, f32, f32, f32, f32, f32, f32, i64, i64)
// CHECK-COUNT-2: wgmma.mma_async
// CHECK: %[[LEFT4:.*]] = arith.addi %[[LEFT]], %[[Q_PANEL]]
// CHECK: %[[RIGHT4:.*]] = arith.addi %[[RIGHT]], %[[K_PANEL]]
// CHECK: wgmma.mma_async{{.*}} %[[LEFT4]], %[[RIGHT4]] :
// Columns 80 to 95 exist and are zero: no seventh step for 81 columns.
// CHECK-COUNT-1: wgmma.mma_async
// CHECK-NOT: wgmma.mma_async
// CHECK: nvvm.wgmma.commit.group.sync.aligned
gpu.module @scores {
  gpu.func @scores(%first: i32) kernel {
    %c0 = arith.constant 0 : i32
    %qs = rdtile.shared offset(0) : !rdtile.ring<1, 64x81xbf16>
    %ks = rdtile.shared offset(16384) : !rdtile.ring<1, 16x81xbf16>
    %q = rdtile.stage %qs[%c0] : !rdtile.ring<1, 64x81xbf16>
    %k = rdtile.stage %ks[%c0] : !rdtile.ring<1, 16x81xbf16>
    %s = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<64x81xbf16>, !rdtile.tile<16x81xbf16> -> !rdtile.pending<16>
    gpu.return
  }
}

// -----

// v is read transposed: its descriptor has the distance of panels (64 rows of 128
// bytes, over 16, from bit 16 on), and 16 rows are 2048 bytes. p is in registers.

// CHECK-LABEL: gpu.func @outputs
// CHECK-DAG: %[[FIXED:.*]] = arith.constant 4611686293338849280 : i64
// CHECK-DAG: %[[STEP:.*]] = arith.constant 128 : i64
// CHECK: %[[RIGHT:.*]] = arith.ori %{{.*}}, %[[FIXED]]
// CHECK: nvvm.wgmma.fence.aligned
// CHECK: "{ .reg .pred accumulate; setp.ne.b32 accumulate, 1, 0; wgmma.mma_async.sync.aligned.m64n72k16.f32.f16.f16 {
// CHECK-SAME: $35}, {$72,$73,$74,$75}, $76, accumulate, 1, 1, 1; }"
// CHECK-SAME: ,0,1,2,
// CHECK-SAME: ,35,r,r,r,r,l"
// CHECK-SAME: %[[RIGHT]] :
// CHECK: %[[RIGHT1:.*]] = arith.addi %[[RIGHT]], %[[STEP]]
// CHECK: wgmma.mma_async{{.*}} %[[RIGHT1]] :
// CHECK-COUNT-2: wgmma.mma_async
// CHECK-NOT: wgmma.mma_async
// CHECK: nvvm.wgmma.commit.group.sync.aligned
gpu.module @outputs {
  gpu.func @outputs(%x: f32) kernel {
    %c0 = arith.constant 0 : i32
    %s = rdtile.splat %x : f32 -> !rdtile.accumulator<64>
    %o = rdtile.splat %x : f32 -> !rdtile.accumulator<72>
    %p = rdtile.convert %s : !rdtile.accumulator<64> -> !rdtile.operand<64xf16>
    %vs = rdtile.shared offset(0) : !rdtile.ring<1, 64x72xf16>
    %v = rdtile.stage %vs[%c0] : !rdtile.ring<1, 64x72xf16>
    %sum = rdtile.start_outputs %p, %v into %o : !rdtile.operand<64xf16>, !rdtile.tile<64x72xf16> -> !rdtile.pending<72>
    gpu.return
  }
}

// -----

// Without a sum to add to, the first step starts one. 33 columns are five eights.

// CHECK-LABEL: gpu.func @first
// CHECK: setp.ne.b32 accumulate, 0, 0; wgmma.mma_async.sync.aligned.m64n40k16.f32.bf16.bf16
// CHECK: setp.ne.b32 accumulate, 1, 0; wgmma.mma_async.sync.aligned.m64n40k16.f32.bf16.bf16
// CHECK-NOT: wgmma.mma_async
// CHECK: nvvm.wgmma.commit.group.sync.aligned
gpu.module @first {
  gpu.func @first(%x: f32) kernel {
    %c0 = arith.constant 0 : i32
    %s = rdtile.splat %x : f32 -> !rdtile.accumulator<32>
    %p = rdtile.convert %s : !rdtile.accumulator<32> -> !rdtile.operand<32xbf16>
    %vs = rdtile.shared offset(0) : !rdtile.ring<1, 32x33xbf16>
    %v = rdtile.stage %vs[%c0] : !rdtile.ring<1, 32x33xbf16>
    %sum = rdtile.start_outputs %p, %v : !rdtile.operand<32xbf16>, !rdtile.tile<32x33xbf16> -> !rdtile.pending<40>
    gpu.return
  }
}

// -----

// What a product writes passes through the wait, so that nothing reads it before.

// CHECK-LABEL: gpu.func @wait
// CHECK: %[[SUMS:.*]] = llvm.inline_asm {{.*}}wgmma.mma_async.sync.aligned.m64n8k16
// CHECK: %[[SUM:.*]] = llvm.extractvalue %[[SUMS]][3]
// CHECK: nvvm.wgmma.commit.group.sync.aligned
// CHECK-NOT: arith.mulf
// CHECK: %[[WAIT:.*]] = llvm.inline_asm has_side_effects {{.*}}"wgmma.wait_group.sync.aligned 1;", "=f,=f,=f,=f,0,1,2,3,~{memory}" %{{.*}}, %{{.*}}, %{{.*}}, %[[SUM]] :
// CHECK: %[[RESULT:.*]] = llvm.extractvalue %[[WAIT]][3]
// CHECK: arith.mulf %[[RESULT]], %[[RESULT]]
gpu.module @wait {
  gpu.func @wait(%to: memref<?x?x?x8xf32>, %i: i32) kernel {
    %c0 = arith.constant 0 : i32
    %qs = rdtile.shared offset(0) : !rdtile.ring<1, 64x16xf16>
    %ks = rdtile.shared offset(16384) : !rdtile.ring<1, 8x16xf16>
    %q = rdtile.stage %qs[%c0] : !rdtile.ring<1, 64x16xf16>
    %k = rdtile.stage %ks[%c0] : !rdtile.ring<1, 8x16xf16>
    %pending = rdtile.start_scores %q rows(%c0), %k : !rdtile.tile<64x16xf16>, !rdtile.tile<8x16xf16> -> !rdtile.pending<8>
    %s = rdtile.wait_mma %pending in_flight(1) : !rdtile.pending<8>
    %squares = rdtile.map %s : !rdtile.accumulator<8> -> !rdtile.accumulator<8> {
    ^bb0(%x: f32):
      %square = arith.mulf %x, %x : f32
      rdtile.yield %square : f32
    }
    %tokens = rdtile.splat %i : i32 -> !rdtile.rows<i32>
    rdtile.store_rows vectors %squares to %to[%i, %tokens, %i] : !rdtile.accumulator<8>, memref<?x?x?x8xf32>, !rdtile.rows<i32>
    gpu.return
  }
}

// -----

// Both rows of a thread hold what comes later behind them: a store of each, which
// no factor of at most 1 lets happen.

// CHECK-LABEL: gpu.func @hold
// CHECK-SAME: (%[[FACTOR:.*]]: f32)
// CHECK: %[[BITS:.*]] = arith.bitcast %[[FACTOR]] : f32 to i32
// CHECK-COUNT-2: llvm.inline_asm has_side_effects {{.*}}"{ .reg .pred never; setp.gt.f32 never, $0, 0f7F000000; @never st.shared.b32 [$0], $0; }", "r,~{memory}" %[[BITS]] : (i32)
// CHECK-NOT: llvm.inline_asm
// CHECK: gpu.return
gpu.module @hold {
  gpu.func @hold(%factor: f32) kernel {
    %factors = rdtile.splat %factor : f32 -> !rdtile.rows<f32>
    rdtile.hold_waits %factors : !rdtile.rows<f32>
    gpu.return
  }
}
