// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse | FileCheck %s --implicit-check-not=rdtile.

!strided = memref<?x?x?x64xbf16, strided<[?, ?, ?, 1]>>

gpu.module @kernels {
  // 8 lanes a row, 16 rows a pass: a thread has the tokens of rows thread / 8 and
  // sixteen on. Copies of a whole row of a panel are one instruction; the second
  // pass is 16 rows of 128 bytes further, inside the instruction.

  // CHECK-LABEL: gpu.func @whole
  // CHECK-SAME: (%[[K:[^:]*]]: memref<{{.*}}>, %[[BATCH:.*]]: i32, %[[HEAD:.*]]: i32, %[[FIRST:.*]]: i32)
  // CHECK: %[[THREAD:.*]] = nvvm.read.ptx.sreg.tid.x
  // CHECK: %[[ROW:.*]] = arith.divui %[[THREAD]], %c8_i32
  // CHECK: %[[TOKEN0:.*]] = arith.addi %[[FIRST]], %[[ROW]]
  // CHECK: %[[ROW1:.*]] = arith.addi %[[ROW]], %c16_i32
  // CHECK: %[[TOKEN1:.*]] = arith.addi %[[FIRST]], %[[ROW1]]
  // CHECK: memref.extract_aligned_pointer_as_index %[[K]]
  // CHECK: %[[LANE:.*]] = arith.remui %[[THREAD]], %c8_i32
  // CHECK: %[[STRIDE:.*]] = arith.trunci %{{.*}} : i64 to i32
  // One instruction makes an address; it is pure.
  // CHECK: %[[FROM0:.*]] = llvm.inline_asm asm_dialect = att "mad.wide.s32 $0, $1, $2, $3;", "=l,r,r,l" %[[TOKEN0]], %[[STRIDE]], %[[START:.*]] : (i32, i32, i64) -> i64
  // The swizzle: chunk ^ (row % 8).
  // CHECK: %[[TURN:.*]] = arith.andi %[[ROW]], %c7_i32
  // CHECK: %[[PLACE:.*]] = arith.xori %[[LANE]], %[[TURN]]
  // CHECK: %[[OFFSET:.*]] = arith.muli %[[PLACE]], %c16_i32
  // CHECK: %[[TO:.*]] = arith.addi %{{.*}}, %[[OFFSET]]
  // CHECK: llvm.inline_asm has_side_effects {{.*}}"cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16;", "r,l,~{memory}" %[[TO]], %[[FROM0]]
  // CHECK: %[[FROM1:.*]] = llvm.inline_asm {{.*}}"mad.wide.s32 $0, $1, $2, $3;", "=l,r,r,l" %[[TOKEN1]], %[[STRIDE]], %[[START]]
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 2048], [$1 + 0], 16;", "r,l,~{memory}" %[[TO]], %[[FROM1]]
  // CHECK-NOT: cp.async
  // CHECK-NOT: scf.if
  // CHECK: gpu.return
  gpu.func @whole(%k: !strided, %batch: i32, %head: i32, %first: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 32x64xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 32x64xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<32, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      %token = arith.addi %first, %row : i32
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : !strided, !rdtile.tokens<32, threads = 128, lanes = 8>, !rdtile.tile<32x64xbf16>
    gpu.return
  }

  // A token of -1 brings zeros: 0 of 16 bytes are read, of row 0.

  // CHECK-LABEL: gpu.func @some
  // CHECK-SAME: %[[TOKEN:[^:]*]]: i32)
  // CHECK: %[[EXISTS:.*]] = arith.cmpi sge, %[[TOKEN]], %c0_i32
  // CHECK: %[[ROW:.*]] = arith.select %[[EXISTS]], %[[TOKEN]], %c0_i32
  // CHECK: %[[BYTES:.*]] = arith.select %[[EXISTS]], %c16_i32, %c0_i32
  // CHECK: "mad.wide.s32 {{.*}} %[[ROW]],
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16, $2;", "r,l,r,~{memory}" %{{.*}}, %{{.*}}, %[[BYTES]]
  // CHECK: gpu.return
  gpu.func @some(%k: !strided, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x64xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 16x64xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<16, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile
        : !strided, !rdtile.tokens<16, threads = 128, lanes = 8>, !rdtile.tile<16x64xbf16>
    gpu.return
  }

  // Four lanes copy a panel's row in two halves; the second panel of 96 columns
  // has one. It begins behind the 32 rows of the first.

  // CHECK-LABEL: gpu.func @lanes
  // CHECK: %[[LANE:.*]] = arith.remui %{{.*}}, %c4_i32
  // CHECK: %[[ROW:.*]] = arith.divui %{{.*}}, %c4_i32
  // CHECK: %[[PLACE:.*]] = arith.xori %[[LANE]], %[[TURN:.*]] : i32
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16;"
  // CHECK: %[[UPPER:.*]] = arith.addi %[[LANE]], %c4_i32
  // CHECK: arith.xori %[[UPPER]], %[[TURN]]
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 64], 16;"
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 4096], [$1 + 128], 16;"
  // CHECK-NOT: cp.async
  // CHECK: gpu.return
  gpu.func @lanes(%k: memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 32x96xf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 32x96xf16>
    %tokens = rdtile.lookup : !rdtile.tokens<32, threads = 128, lanes = 4> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : memref<?x?x?x96xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<32, threads = 128, lanes = 4>, !rdtile.tile<32x96xf16>
    gpu.return
  }

  // Passes of fewer than eight rows turn the swizzle.

  // CHECK-LABEL: gpu.func @few_rows
  // CHECK: %[[ROW:.*]] = arith.divui %{{.*}}, %c8_i32
  // CHECK: arith.andi %[[ROW]], %c7_i32
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16;"
  // CHECK: %[[ROW4:.*]] = arith.addi %[[ROW]], %c4_i32
  // CHECK: arith.andi %[[ROW4]], %c7_i32
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 512], [$1 + 0], 16;"
  // CHECK: gpu.return
  gpu.func @few_rows(%k: !strided, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 8x64xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 8x64xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<8, threads = 32, lanes = 8> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : !strided, !rdtile.tokens<8, threads = 32, lanes = 8>, !rdtile.tile<8x64xbf16>
    gpu.return
  }

  // 40 columns are five chunks; products read whole sixteens, so a sixth is zero.
  // Of the second four lanes the first copies, the next brings zeros, and the
  // others have nothing to do.

  // CHECK-LABEL: gpu.func @tail
  // CHECK: %[[LANE:.*]] = arith.remui %{{.*}}, %c4_i32
  // CHECK: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16;"
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %[[LANE]], %c1_i32
  // CHECK: %[[BYTES:.*]] = arith.select %[[INSIDE]], %c16_i32, %c0_i32
  // CHECK: %[[READ:.*]] = arith.cmpi slt, %[[LANE]], %c2_i32
  // CHECK: scf.if %[[READ]] {
  // CHECK-NEXT: "cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 64], 16, $2;", "r,l,r,~{memory}" %{{.*}}, %{{.*}}, %[[BYTES]]
  // CHECK-NEXT: }
  // CHECK-NOT: cp.async
  // CHECK: gpu.return
  gpu.func @tail(%k: memref<?x?x?x40xbf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 32x40xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 32x40xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<32, threads = 128, lanes = 4> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : memref<?x?x?x40xbf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<32, threads = 128, lanes = 4>, !rdtile.tile<32x40xbf16>
    gpu.return
  }

  // Element by element, for any alignment: lanes stride over the columns that a
  // product reads, and what lies outside the tensor is zero.

  // CHECK-LABEL: gpu.func @elements
  // CHECK-SAME: %[[TOKEN:[^:]*]]: i32)
  // CHECK: %[[LANE:.*]] = arith.remui %{{.*}}, %c8_i32
  // CHECK: %[[EXISTS:.*]] = arith.cmpi sge, %[[TOKEN]], %c0_i32
  // CHECK: scf.for %[[COLUMN:.*]] = %[[LANE]] to %c48_i32 step %c8_i32
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %[[COLUMN]], %c36_i32
  // CHECK: %[[HELD:.*]] = arith.andi %[[EXISTS]], %[[INSIDE]]
  // CHECK: %[[BITS:.*]] = scf.if %[[HELD]] -> (i16) {
  // CHECK: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> i16
  // CHECK: } else {
  // CHECK-NEXT: scf.yield %c0_i16
  // CHECK: arith.xori
  // CHECK: "st.shared.b16 [$0], $1;", "r,h,~{memory}" %{{.*}}, %[[BITS]]
  // CHECK-NOT: cp.async
  // CHECK: gpu.return
  gpu.func @elements(%k: memref<?x?x?x36xf16, strided<[?, ?, ?, 1]>>, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x36xf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 16x36xf16>
    %tokens = rdtile.lookup : !rdtile.tokens<16, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows elements %k[%batch, %tokens, %head] to %tile
        : memref<?x?x?x36xf16, strided<[?, ?, ?, 1]>>, !rdtile.tokens<16, threads = 128, lanes = 8>, !rdtile.tile<16x36xf16>
    gpu.return
  }

  // Of a tile of 48 rows the second pass of 32 has 16: the other threads' rows lie
  // past it.

  // CHECK-LABEL: gpu.func @last_pass
  // CHECK: %[[ROW:.*]] = arith.divui %{{.*}}, %c4_i32
  // CHECK-COUNT-2: cp.async.cg.shared.global.L2::128B [$0 + 0]
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %[[ROW]], %c16_i32
  // CHECK-NEXT: scf.if %[[INSIDE]] {
  // CHECK-COUNT-2: cp.async.cg.shared.global.L2::128B [$0 + 4096]
  // CHECK-NEXT: {{^ [}]$}}
  // CHECK-NOT: cp.async
  // CHECK: gpu.return
  gpu.func @last_pass(%k: !strided, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 48x64xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 48x64xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<48, threads = 128, lanes = 4> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : !strided, !rdtile.tokens<48, threads = 128, lanes = 4>, !rdtile.tile<48x64xbf16>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @last_pass_of_elements
  // CHECK: scf.if
  // CHECK: scf.for
  // CHECK: st.shared.b16
  // CHECK: gpu.return
  gpu.func @last_pass_of_elements(%k: !strided, %batch: i32, %head: i32, %token: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x64xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 16x64xbf16>
    %tokens = rdtile.lookup : !rdtile.tokens<16, threads = 128, lanes = 4> {
    ^bb0(%row: i32):
      rdtile.yield %token : i32
    }
    rdtile.copy_rows elements %k[%batch, %tokens, %head] to %tile
        : !strided, !rdtile.tokens<16, threads = 128, lanes = 4>, !rdtile.tile<16x64xbf16>
    gpu.return
  }
}
