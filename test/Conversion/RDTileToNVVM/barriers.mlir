// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -split-input-file \
// RUN:   | FileCheck %s --implicit-check-not=rdtile.

// What a block keeps in shared memory is an address from the start of its
// dynamic shared memory, which a module declares once.

// CHECK: llvm.mlir.global external @rdtile_shared() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
// CHECK-NOT: llvm.mlir.global
// CHECK-LABEL: gpu.func @places
// CHECK-SAME: (%[[I:.*]]: i32,
// CHECK-DAG: %[[BASE:.*]] = llvm.mlir.addressof @rdtile_shared : !llvm.ptr<3>
// CHECK-DAG: %[[STAGE:.*]] = arith.constant 16384 : i32
// CHECK-DAG: %[[OFFSET:.*]] = arith.constant 1024 : i32
// CHECK: %[[ADDRESS:.*]] = llvm.ptrtoint %[[BASE]] : !llvm.ptr<3> to i32
// CHECK: %[[RING:.*]] = arith.addi %[[ADDRESS]], %[[OFFSET]] : i32
// A stage of 64 rows has two panels of 128 bytes a row, the second half empty.
// CHECK: %[[AT:.*]] = arith.muli %[[I]], %[[STAGE]] : i32
// CHECK: %[[TILE:.*]] = arith.addi %[[RING]], %[[AT]] : i32
// CHECK: "cp.async.bulk{{.*}}" %[[TILE]],
gpu.module @places {
  gpu.func @places(%i: i32, %maps: !rdtile.maps) kernel {
    %ring = rdtile.shared offset(1024) : !rdtile.ring<2, 64x96xbf16>
    %tile = rdtile.stage %ring[%i] : !rdtile.ring<2, 64x96xbf16>
    %full = rdtile.shared offset(0) : !rdtile.barriers<1>
    rdtile.copy_map %maps[%i] q at [%i, %i, %i, %i] to %tile signal %full[%i] : !rdtile.tile<64x96xbf16>, !rdtile.barriers<1>
    gpu.return
  }
}

// -----

// A memref is a descriptor, which later passes see through.

// CHECK-LABEL: gpu.func @memref
// CHECK-DAG: %[[SIZE:.*]] = arith.constant 10 : i64
// CHECK-DAG: %[[ROWS:.*]] = arith.constant 2 : i64
// CHECK: %[[AT:.*]] = llvm.getelementptr %{{.*}}[256] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
// CHECK: llvm.insertvalue %[[AT]], %{{.*}}[0]
// CHECK: llvm.insertvalue %[[AT]], %{{.*}}[1]
// CHECK-DAG: llvm.insertvalue %[[ROWS]], %{{.*}}[3, 0]
// CHECK-DAG: llvm.insertvalue %[[SIZE]], %{{.*}}[4, 0]
// CHECK-DAG: llvm.insertvalue %[[SIZE]], %{{.*}}[3, 1]
// CHECK: %[[SLOTS:.*]] = builtin.unrealized_conversion_cast {{.*}} to memref<2x10xi32, #gpu.address_space<workgroup>>
// CHECK: memref.store %{{.*}}, %[[SLOTS]]
gpu.module @memrefs {
  gpu.func @memref(%i: index, %word: i32) kernel {
    %slots = rdtile.shared offset(256) : memref<2x10xi32, #gpu.address_space<workgroup>>
    memref.store %word, %slots[%i, %i] : memref<2x10xi32, #gpu.address_space<workgroup>>
    gpu.return
  }
}

// -----

// Each barrier of the two, and a fence for the copies that will count on them.

// CHECK-LABEL: gpu.func @init
// CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8 : i32
// CHECK-DAG: %[[ARRIVALS:.*]] = arith.constant 12 : i32
// CHECK: %[[FIRST:.*]] = llvm.ptrtoint
// CHECK: llvm.inline_asm has_side_effects {{.*}}"mbarrier.init.shared.b64 [$0], $1;", "r,r" %[[FIRST]], %[[ARRIVALS]]
// CHECK: %[[SECOND:.*]] = arith.addi %[[FIRST]], %[[EIGHT]]
// CHECK: llvm.inline_asm has_side_effects {{.*}}"mbarrier.init.shared.b64 [$0], $1;", "r,r" %[[SECOND]], %[[ARRIVALS]]
// CHECK-NOT: mbarrier.init
// CHECK: llvm.inline_asm has_side_effects {{.*}}"fence.mbarrier_init.release.cluster;"
gpu.module @init {
  gpu.func @init() kernel {
    %full = rdtile.shared offset(0) : !rdtile.barriers<2>
    rdtile.init_barriers %full arrivals(12) : !rdtile.barriers<2>
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @barriers
// CHECK-SAME: (%[[I:.*]]: i32, %[[PARITY:.*]]: i32)
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : i32
// CHECK-DAG: %[[BYTES:.*]] = arith.constant 32768 : i32
// CHECK-DAG: %[[ALL:.*]] = arith.constant -1 : i32
// CHECK: %[[FIRST:.*]] = llvm.ptrtoint
// Barriers are 8 bytes each.
// CHECK: %[[AT:.*]] = arith.shli %[[I]], %[[THREE]]
// CHECK: %[[BARRIER:.*]] = arith.addi %[[FIRST]], %[[AT]]
// The hardware may give up early: the wait asks again.
// CHECK: "{ .reg .pred complete; WAIT_${:uid}: mbarrier.try_wait.parity.shared.b64 complete, [$0], $1; @!complete bra WAIT_${:uid}; }", "r,r,~{memory}" %[[BARRIER]], %[[PARITY]]
// CHECK: "mbarrier.arrive.shared.b64 _, [$0];", "r,~{memory}" %[[BARRIER]]
// The whole warp comes, its first lane arrives.
// CHECK: nvvm.bar.warp.sync %[[ALL]]
// CHECK: %[[LANE:.*]] = arith.andi
// CHECK: "{ .reg .pred first; setp.eq.u32 first, $1, 0; @first mbarrier.arrive.shared.b64 _, [$0]; }", "r,r,~{memory}" %[[BARRIER]], %[[LANE]]
// CHECK: "mbarrier.arrive.expect_tx.shared.b64 _, [$0], $1;", "r,r,~{memory}" %[[BARRIER]], %[[BYTES]]
// `noinc`: the barrier counts this thread already.
// CHECK: "cp.async.mbarrier.arrive.noinc.shared.b64 [$0];", "r,~{memory}" %[[BARRIER]]
// CHECK: "fence.proxy.async.shared::cta;", "~{memory}"
gpu.module @barriers {
  gpu.func @barriers(%i: i32, %parity: i32) kernel {
    %full = rdtile.shared offset(0) : !rdtile.barriers<2>
    rdtile.wait %full[%i] parity(%parity) : !rdtile.barriers<2>
    rdtile.arrive %full[%i] : !rdtile.barriers<2>
    rdtile.arrive_warp %full[%i] : !rdtile.barriers<2>
    rdtile.expect %full[%i] bytes(32768) : !rdtile.barriers<2>
    rdtile.arrive_copies %full[%i] : !rdtile.barriers<2>
    rdtile.fence_tiles
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @named
// CHECK-SAME: (%[[ID:.*]]: i32)
// CHECK-DAG: %[[THREADS:.*]] = arith.constant 256 : i32
// CHECK: "bar.sync $0, $1;", "r,r,~{memory}" %[[ID]], %[[THREADS]]
// CHECK: "bar.arrive $0, $1;", "r,r,~{memory}" %[[ID]], %[[THREADS]]
gpu.module @named {
  gpu.func @named(%id: i32) kernel {
    rdtile.sync_warps %id threads(256)
    rdtile.signal_warps %id threads(256)
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @reconverge
// CHECK: %[[ALL:.*]] = arith.constant -1 : i32
// CHECK: nvvm.bar.warp.sync %[[ALL]] : i32
gpu.module @warp {
  gpu.func @reconverge() kernel {
    rdtile.reconverge
    gpu.return
  }
}
