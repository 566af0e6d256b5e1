// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse | FileCheck %s --implicit-check-not=rdtile.

// Groups of copies, where a GPU has no mbarriers, and rows of f32: four columns
// a chunk of 16 bytes, 32 a panel.

gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
  // CHECK-LABEL: gpu.func @groups
  // CHECK: llvm.inline_asm has_side_effects {{.*}}"cp.async.commit_group;", "~{memory}"
  // CHECK: llvm.inline_asm has_side_effects {{.*}}"cp.async.wait_group 1;", "~{memory}"
  gpu.func @groups() kernel {
    rdtile.commit_copies
    rdtile.wait_copies in_flight(1)
    gpu.return
  }

  // Six chunks of a row: two of eight lanes have none.
  // CHECK-LABEL: gpu.func @vectors
  // CHECK: cp.async.cg.shared.global.L2::128B [$0 + 0], [$1 + 0], 16
  gpu.func @vectors(%k: memref<?x?x?x24xf32>, %batch: i32, %head: i32) kernel {
    %zero = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x24xf32>
    %tile = rdtile.stage %ring[%zero] : !rdtile.ring<1, 16x24xf32>
    %tokens = rdtile.lookup : !rdtile.tokens<16, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      rdtile.yield %row : i32
    }
    rdtile.copy_rows vectors %k[%batch, %tokens, %head] to %tile whole
        : memref<?x?x?x24xf32>, !rdtile.tokens<16, threads = 128, lanes = 8>, !rdtile.tile<16x24xf32>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @elements
  // CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> i32
  // CHECK: "st.shared.b32 [$0], $1;", "r,r,~{memory}"
  gpu.func @elements(%k: memref<?x?x?x24xf32>, %batch: i32, %head: i32) kernel {
    %zero = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x24xf32>
    %tile = rdtile.stage %ring[%zero] : !rdtile.ring<1, 16x24xf32>
    %tokens = rdtile.lookup : !rdtile.tokens<16, threads = 128, lanes = 8> {
    ^bb0(%row: i32):
      rdtile.yield %row : i32
    }
    rdtile.copy_rows elements %k[%batch, %tokens, %head] to %tile
        : memref<?x?x?x24xf32>, !rdtile.tokens<16, threads = 128, lanes = 8>, !rdtile.tile<16x24xf32>
    gpu.return
  }

  // The sign of f32 is the last of 32 bits.
  // CHECK-LABEL: gpu.func @negate
  // CHECK: %[[SIGN:.*]] = arith.constant -2147483648 : i32
  // CHECK: arith.xori %{{.*}}, %[[SIGN]]
  gpu.func @negate(%first: i32) kernel {
    %zero = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 64x24xf32>
    %tile = rdtile.stage %ring[%zero] : !rdtile.ring<1, 64x24xf32>
    rdtile.negate_rows %tile from(%first) : !rdtile.tile<64x24xf32>
    gpu.return
  }
}
