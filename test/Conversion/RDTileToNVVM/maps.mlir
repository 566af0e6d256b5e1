// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -allow-unregistered-dialect | FileCheck %s --implicit-check-not=rdtile.

gpu.module @kernels {
  // Of the seven strides behind the maps (3 * 7 of 128 bytes) the last that fits,
  // whose limit lies another seven words on; -1 where none does.

  // CHECK-LABEL: gpu.func @find
  // CHECK-SAME: (%[[MAPS:.*]]: !llvm.ptr, %[[STRIDE:.*]]: i32, %[[LAST:.*]]: i32)
  // CHECK-DAG: %[[NONE:.*]] = arith.constant -1 : i32
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : i32
  // CHECK-DAG: %[[SIX:.*]] = arith.constant 6 : i32
  // CHECK: %[[AT:.*]] = llvm.getelementptr %[[MAPS]][2688]
  // CHECK: %[[HAS:.*]] = llvm.load %[[AT]] : !llvm.ptr -> i32
  // CHECK: %[[AT_LIMIT:.*]] = llvm.getelementptr %[[MAPS]][2716]
  // CHECK: %[[LIMIT:.*]] = llvm.load %[[AT_LIMIT]] : !llvm.ptr -> i32
  // CHECK: %[[SAME:.*]] = arith.cmpi eq, %[[HAS]], %[[STRIDE]]
  // CHECK: %[[INSIDE:.*]] = arith.cmpi slt, %[[LAST]], %[[LIMIT]]
  // CHECK: %[[FITS:.*]] = arith.andi %[[SAME]], %[[INSIDE]]
  // CHECK: arith.select %[[FITS]], %[[ZERO]], %[[NONE]]
  // CHECK-COUNT-5: arith.select
  // CHECK: llvm.getelementptr %[[MAPS]][2712]
  // CHECK: llvm.getelementptr %[[MAPS]][2740]
  // CHECK: %[[FOUND:.*]] = arith.select %{{.*}}, %[[SIX]], %{{.*}}
  // CHECK: "test.use"(%[[FOUND]])
  gpu.func @find(%maps: !rdtile.maps, %stride: i32, %last: i32) kernel {
    %map = rdtile.find_map %maps q stride(%stride) last(%last)
    "test.use"(%map) : (i32) -> ()
    gpu.return
  }

  // One instruction a panel: of k the maps are the seven from the eighth on, and
  // the second panel of 128 rows begins at column 64.

  // CHECK-LABEL: gpu.func @copy
  // CHECK-SAME: (%[[MAPS:.*]]: !llvm.ptr, %[[MAP:.*]]: i32, %[[STEP:.*]]: i32, %[[RESIDUE:.*]]: i32, %[[HEAD:.*]]: i32, %[[BATCH:.*]]: i32)
  // CHECK-DAG: %[[SEVEN:.*]] = arith.constant 7 : i32
  // CHECK-DAG: %[[BYTES:.*]] = arith.constant 128 : i32
  // CHECK-DAG: %[[PANEL:.*]] = arith.constant 16384 : i32
  // CHECK-DAG: %[[COLUMN0:.*]] = arith.constant 0 : i32
  // CHECK-DAG: %[[COLUMN64:.*]] = arith.constant 64 : i32
  // CHECK: %[[TILE:.*]] = llvm.ptrtoint
  // CHECK: %[[BARRIER:.*]] = arith.addi %[[TILE]], %{{.*}}
  // CHECK: %[[NUMBER:.*]] = arith.addi %[[MAP]], %[[SEVEN]]
  // CHECK: %[[OFFSET:.*]] = arith.muli %[[NUMBER]], %[[BYTES]]
  // CHECK: %[[OFFSET64:.*]] = arith.extsi %[[OFFSET]] : i32 to i64
  // CHECK: %[[AT:.*]] = llvm.getelementptr %[[MAPS]][%[[OFFSET64]]]
  // CHECK: "cp.async.bulk.tensor.5d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [$0], [$1, {$2, $3, $4, $5, $6}], [$7];", "r,l,r,r,r,r,r,r,~{memory}"
  // CHECK-SAME: %[[TILE]], %[[AT]], %[[COLUMN0]], %[[STEP]], %[[RESIDUE]], %[[HEAD]], %[[BATCH]], %[[BARRIER]]
  // CHECK: %[[NEXT:.*]] = arith.addi %[[TILE]], %[[PANEL]]
  // CHECK: "cp.async.bulk.tensor.5d
  // CHECK-SAME: %[[NEXT]], %[[AT]], %[[COLUMN64]], %[[STEP]], %[[RESIDUE]], %[[HEAD]], %[[BATCH]], %[[BARRIER]]
  // CHECK-NOT: cp.async.bulk
  // CHECK: gpu.return
  gpu.func @copy(%maps: !rdtile.maps, %map: i32, %step: i32, %residue: i32, %head: i32, %batch: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 128x96xbf16>
    %full = rdtile.shared offset(32768) : !rdtile.barriers<1>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 128x96xbf16>
    rdtile.copy_map %maps[%map] k at [%step, %residue, %head, %batch] to %tile signal %full[%c0]
        : !rdtile.tile<128x96xbf16>, !rdtile.barriers<1>
    gpu.return
  }

  // The maps of q come first, those of v last. 64 columns and fewer are one panel.

  // CHECK-LABEL: gpu.func @inputs
  // CHECK-SAME: (%[[MAPS:.*]]: !llvm.ptr, %[[MAP:.*]]: i32)
  // CHECK-DAG: %[[V:.*]] = arith.constant 14 : i32
  // CHECK: arith.muli %[[MAP]], %{{.*}}
  // CHECK-COUNT-1: cp.async.bulk.tensor.5d
  // CHECK: arith.addi %[[MAP]], %[[V]]
  // CHECK-COUNT-1: cp.async.bulk.tensor.5d
  // CHECK-NOT: cp.async.bulk
  // CHECK: gpu.return
  gpu.func @inputs(%maps: !rdtile.maps, %map: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 128x40xf16>
    %full = rdtile.shared offset(32768) : !rdtile.barriers<1>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 128x40xf16>
    rdtile.copy_map %maps[%map] q at [%c0, %c0, %c0, %c0] to %tile signal %full[%c0]
        : !rdtile.tile<128x40xf16>, !rdtile.barriers<1>
    rdtile.copy_map %maps[%map] v at [%c0, %c0, %c0, %c0] to %tile signal %full[%c0]
        : !rdtile.tile<128x40xf16>, !rdtile.barriers<1>
    gpu.return
  }
}
