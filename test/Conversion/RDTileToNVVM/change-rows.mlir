// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse | FileCheck %s --implicit-check-not=rdtile.

gpu.module @kernels {
  // Eight threads a row of a panel, 16 rows at a time, to the tile's last row; both
  // panels of 96 columns. Zeros are zeros wherever the swizzle puts them.

  // CHECK-LABEL: gpu.func @zero
  // CHECK-SAME: (%[[FIRST:.*]]: i32)
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : i32
  // CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8 : i32
  // CHECK-DAG: %[[SIXTEEN:.*]] = arith.constant 16 : i32
  // CHECK-DAG: %[[ROWS:.*]] = arith.constant 32 : i32
  // CHECK-DAG: %[[ROW_BYTES:.*]] = arith.constant 128 : i32
  // CHECK-DAG: %[[PANEL:.*]] = arith.constant 4096 : i32
  // CHECK: %[[THREAD:.*]] = arith.andi %{{.*}}, %c127_i32
  // CHECK: %[[CHUNK:.*]] = arith.remui %[[THREAD]], %[[EIGHT]]
  // CHECK: %[[COLUMN:.*]] = arith.muli %[[CHUNK]], %[[SIXTEEN]]
  // CHECK: %[[OWN:.*]] = arith.divui %[[THREAD]], %[[EIGHT]]
  // CHECK: %[[START:.*]] = arith.addi %[[FIRST]], %[[OWN]]
  // CHECK: scf.for %[[ROW:.*]] = %[[START]] to %[[ROWS]] step %[[SIXTEEN]]
  // CHECK: %[[DOWN:.*]] = arith.muli %[[ROW]], %[[ROW_BYTES]]
  // CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[DOWN]]
  // CHECK: "st.shared.v4.b32 [$0], {$1, $1, $1, $1};", "r,r,~{memory}" %[[AT]], %[[ZERO]]
  // CHECK: %[[NEXT:.*]] = arith.addi %[[AT]], %[[PANEL]]
  // CHECK: "st.shared.v4.b32 [$0], {$1, $1, $1, $1};", "r,r,~{memory}" %[[NEXT]], %[[ZERO]]
  // CHECK-NOT: st.shared
  // CHECK: gpu.return
  gpu.func @zero(%first: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 32x96xbf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 32x96xbf16>
    rdtile.zero_rows %tile from(%first) : !rdtile.tile<32x96xbf16>
    gpu.return
  }

  // The signs of eight elements at a time, of 64 rows from the first.

  // CHECK-LABEL: gpu.func @negate
  // CHECK-SAME: (%[[FIRST:.*]]: i32)
  // CHECK-DAG: %[[SIGNS:.*]] = arith.constant -2147450880 : i32
  // CHECK-DAG: %[[ROWS:.*]] = arith.constant 64 : i32
  // CHECK: %[[END:.*]] = arith.addi %[[FIRST]], %[[ROWS]]
  // CHECK: scf.for %{{.*}} = %{{.*}} to %[[END]]
  // CHECK: %[[WORDS:.*]] = llvm.inline_asm has_side_effects {{.*}}"ld.shared.v4.b32 {$0, $1, $2, $3}, [$4];", "=r,=r,=r,=r,r,~{memory}" %[[AT:.*]] :
  // CHECK: %[[WORD:.*]] = llvm.extractvalue %[[WORDS]][0]
  // CHECK: %[[NEGATED:.*]] = arith.xori %[[WORD]], %[[SIGNS]]
  // CHECK-COUNT-3: arith.xori
  // CHECK: "st.shared.v4.b32 [$0], {$1, $2, $3, $4};", "r,r,r,r,r,~{memory}" %[[AT]], %[[NEGATED]],
  // CHECK-NOT: st.shared
  // CHECK: gpu.return
  gpu.func @negate(%first: i32) kernel {
    %c0 = arith.constant 0 : i32
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 128x64xf16>
    %tile = rdtile.stage %ring[%c0] : !rdtile.ring<1, 128x64xf16>
    rdtile.negate_rows %tile from(%first) : !rdtile.tile<128x64xf16>
    gpu.return
  }
}
