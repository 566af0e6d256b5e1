// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -allow-unregistered-dialect | FileCheck %s --implicit-check-not=rdtile.

gpu.module @kernels {
  // A thread holds half as many registers as an accumulator has columns. Of four,
  // the first two are in one of its rows and the others in the other one.

  // CHECK-LABEL: gpu.func @map
  // CHECK: %[[R0:.*]] = "test.element"() : () -> f32
  // CHECK: %[[R1:.*]] = "test.element"()
  // CHECK: %[[R2:.*]] = "test.element"()
  // CHECK: %[[R3:.*]] = "test.element"()
  // CHECK: %[[R4:.*]] = "test.element"()
  // CHECK: %[[R5:.*]] = "test.element"()
  // CHECK: %[[R6:.*]] = "test.element"()
  // CHECK: %[[R7:.*]] = "test.element"()
  // CHECK: %[[ROW0:.*]] = "test.row"() : () -> i32
  // CHECK: %[[ROW1:.*]] = "test.row"()
  // CHECK-NEXT: "test.pair"(%[[R0]], %[[ROW0]])
  // CHECK-NEXT: "test.pair"(%[[R1]], %[[ROW0]])
  // CHECK-NEXT: "test.pair"(%[[R2]], %[[ROW1]])
  // CHECK-NEXT: "test.pair"(%[[R3]], %[[ROW1]])
  // CHECK-NEXT: "test.pair"(%[[R4]], %[[ROW0]])
  // CHECK-NEXT: "test.pair"(%[[R5]], %[[ROW0]])
  // CHECK-NEXT: "test.pair"(%[[R6]], %[[ROW1]])
  // CHECK-NEXT: "test.pair"(%[[R7]], %[[ROW1]])
  // CHECK-NEXT: gpu.return
  gpu.func @map() kernel {
    %s = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %m = rdtile.map -> !rdtile.rows<i32> {
      %x = "test.row"() : () -> i32
      rdtile.yield %x : i32
    }
    %0 = rdtile.map %s, %m : !rdtile.accumulator<16>, !rdtile.rows<i32> -> !rdtile.accumulator<16> {
    ^bb0(%x: f32, %y: i32):
      "test.pair"(%x, %y) : (f32, i32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // One scalar is every register. What a loop carries of a fragment are its
  // registers.

  // CHECK-LABEL: gpu.func @splat
  // CHECK-SAME: (%[[X:.*]]: f32, %[[N:.*]]: index, %[[ONE:.*]]: index)
  // CHECK: %[[LAST:.*]]:4 = scf.for {{.*}} iter_args(%[[R0:.*]] = %[[X]], %[[R1:.*]] = %[[X]], %[[R2:.*]] = %[[X]], %[[R3:.*]] = %[[X]]) -> (f32, f32, f32, f32)
  // CHECK: %[[S0:.*]] = arith.mulf %[[R0]], %[[X]] : f32
  // CHECK: %[[S3:.*]] = arith.mulf %[[R3]], %[[X]] : f32
  // CHECK: scf.yield %[[S0]], %{{.*}}, %{{.*}}, %[[S3]] : f32, f32, f32, f32
  // CHECK: "test.element"(%[[LAST]]#0)
  // CHECK: "test.element"(%[[LAST]]#3)
  gpu.func @splat(%x: f32, %n: index, %one: index) kernel {
    %s = rdtile.splat %x : f32 -> !rdtile.accumulator<8>
    %factors = rdtile.splat %x : f32 -> !rdtile.rows<f32>
    %last = scf.for %i = %one to %n step %one iter_args(%before = %s) -> !rdtile.accumulator<8> {
      %next = rdtile.map %before, %factors : !rdtile.accumulator<8>, !rdtile.rows<f32> -> !rdtile.accumulator<8> {
      ^bb0(%y: f32, %factor: f32):
        %z = arith.mulf %y, %factor : f32
        rdtile.yield %z : f32
      }
      scf.yield %next : !rdtile.accumulator<8>
    }
    %0 = rdtile.map %last : !rdtile.accumulator<8> -> !rdtile.accumulator<8> {
    ^bb0(%y: f32):
      "test.element"(%y) : (f32) -> ()
      rdtile.yield %y : f32
    }
    gpu.return
  }

  // Row 16 * warp + lane / 4 and eight on; columns 2 * (lane % 4) and one on, of
  // every eight.

  // CHECK-LABEL: gpu.func @indexed
  // CHECK-SAME: (%[[X:.*]]: f32)
  // CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : i32
  // CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8 : i32
  // CHECK: %[[THREAD:.*]] = nvvm.read.ptx.sreg.tid.x
  // CHECK: %[[IN_GROUP:.*]] = arith.andi %[[THREAD]], %c127_i32
  // CHECK: %[[WARP:.*]] = arith.divui %[[IN_GROUP]], %c32_i32
  // CHECK: %[[WARP_ROW:.*]] = arith.muli %[[WARP]], %c16_i32
  // CHECK: %[[LANE:.*]] = arith.andi %[[THREAD]], %c31_i32
  // CHECK: %[[LANE_ROW:.*]] = arith.divui %[[LANE]], %[[FOUR]]
  // CHECK: %[[ROW:.*]] = arith.addi %[[WARP_ROW]], %[[LANE_ROW]]
  // CHECK: %[[IN_QUAD:.*]] = arith.andi %[[THREAD]], %c3_i32
  // CHECK: %[[COLUMN:.*]] = arith.shli %[[IN_QUAD]], %{{.*}}
  // CHECK: "test.place"(%[[ROW]], %[[COLUMN]])
  // CHECK: %[[COLUMN1:.*]] = arith.addi %[[COLUMN]], %c1_i32
  // CHECK: "test.place"(%[[ROW]], %[[COLUMN1]])
  // CHECK: %[[ROW8:.*]] = arith.addi %[[ROW]], %[[EIGHT]]
  // CHECK: "test.place"(%[[ROW8]], %[[COLUMN]])
  // CHECK: "test.place"(%[[ROW8]], %[[COLUMN1]])
  // CHECK: %[[COLUMN8:.*]] = arith.addi %[[COLUMN]], %[[EIGHT]]
  // CHECK: "test.place"(%[[ROW]], %[[COLUMN8]])
  // CHECK: %[[COLUMN9:.*]] = arith.addi %[[COLUMN]], %c9_i32
  // CHECK: "test.place"(%[[ROW]], %[[COLUMN9]])
  // CHECK: "test.place"(%[[ROW8]], %[[COLUMN8]])
  // CHECK: "test.place"(%[[ROW8]], %[[COLUMN9]])
  // CHECK: "test.row"(%[[ROW]])
  // CHECK: "test.row"(%[[ROW8]])
  // CHECK-NOT: "test.
  // CHECK: gpu.return
  gpu.func @indexed(%x: f32) kernel {
    %s = rdtile.map indexed -> !rdtile.accumulator<16> {
    ^bb0(%row: i32, %column: i32):
      "test.place"(%row, %column) : (i32, i32) -> ()
      rdtile.yield %x : f32
    }
    %rows = rdtile.map indexed -> !rdtile.rows<i32> {
    ^bb0(%row: i32):
      "test.row"(%row) : (i32) -> ()
      rdtile.yield %row : i32
    }
    gpu.return
  }

  // Of each row two chains: one from the initial value, one from the first odd
  // column.

  // CHECK-LABEL: gpu.func @reduce
  // CHECK-SAME: (%[[M:.*]]: f32)
  // CHECK: %[[R0:.*]] = "test.element"() : () -> f32
  // CHECK: %[[R1:.*]] = "test.element"()
  // CHECK: %[[R2:.*]] = "test.element"()
  // CHECK: %[[R3:.*]] = "test.element"()
  // CHECK: %[[R4:.*]] = "test.element"()
  // CHECK: %[[R5:.*]] = "test.element"()
  // CHECK: %[[R6:.*]] = "test.element"()
  // CHECK: %[[R7:.*]] = "test.element"()
  // CHECK: %[[E0:.*]] = llvm.intr.maxnum(%[[M]], %[[R0]])
  // CHECK: %[[E1:.*]] = llvm.intr.maxnum(%[[M]], %[[R2]])
  // CHECK: %[[E2:.*]] = llvm.intr.maxnum(%[[E0]], %[[R4]])
  // CHECK: %[[O2:.*]] = llvm.intr.maxnum(%[[R1]], %[[R5]])
  // CHECK: %[[E3:.*]] = llvm.intr.maxnum(%[[E1]], %[[R6]])
  // CHECK: %[[O3:.*]] = llvm.intr.maxnum(%[[R3]], %[[R7]])
  // CHECK: %[[ROW0:.*]] = llvm.intr.maxnum(%[[E2]], %[[O2]])
  // CHECK: %[[ROW1:.*]] = llvm.intr.maxnum(%[[E3]], %[[O3]])
  // CHECK: "test.row"(%[[ROW0]])
  // CHECK: "test.row"(%[[ROW1]])
  gpu.func @reduce(%m: f32) kernel {
    %s = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %initial = rdtile.splat %m : f32 -> !rdtile.rows<f32>
    %max = rdtile.reduce max %s, %initial : !rdtile.accumulator<16>, !rdtile.rows<f32> -> !rdtile.rows<f32>
    %seen = rdtile.map %max : !rdtile.rows<f32> -> !rdtile.rows<f32> {
    ^bb0(%x: f32):
      "test.row"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // CHECK-LABEL: gpu.func @reduce_add
  // CHECK-COUNT-8: arith.addf
  // CHECK-NOT: arith.addf
  // CHECK: "test.row"
  gpu.func @reduce_add(%m: f32) kernel {
    %s = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %initial = rdtile.splat %m : f32 -> !rdtile.rows<f32>
    %sum = rdtile.reduce add %s, %initial : !rdtile.accumulator<16>, !rdtile.rows<f32> -> !rdtile.rows<f32>
    %seen = rdtile.map %sum : !rdtile.rows<f32> -> !rdtile.rows<f32> {
    ^bb0(%x: f32):
      "test.row"(%x) : (f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // The four threads of a row are neighbours: two exchanges for each of two rows,
  // of both rows together.

  // CHECK-LABEL: gpu.func @combine
  // CHECK: %[[A:.*]] = "test.row"() : () -> f32
  // CHECK: %[[B:.*]] = "test.row"() : () -> f32
  // CHECK: %[[A1:.*]] = nvvm.shfl.sync bfly %c-1_i32, %[[A]], %c1_i32, %c31_i32 : f32 -> f32
  // CHECK: %[[A2:.*]] = llvm.intr.maxnum(%[[A]], %[[A1]])
  // CHECK: %[[B1:.*]] = nvvm.shfl.sync bfly %c-1_i32, %[[B]], %c1_i32, %c31_i32 : f32 -> f32
  // CHECK: %[[B2:.*]] = llvm.intr.maxnum(%[[B]], %[[B1]])
  // CHECK: %[[A3:.*]] = nvvm.shfl.sync bfly %c-1_i32, %[[A2]], %c2_i32, %c31_i32 : f32 -> f32
  // CHECK: %[[A4:.*]] = llvm.intr.maxnum(%[[A2]], %[[A3]])
  // CHECK: %[[B3:.*]] = nvvm.shfl.sync bfly %c-1_i32, %[[B2]], %c2_i32, %c31_i32 : f32 -> f32
  // CHECK: %[[B4:.*]] = llvm.intr.maxnum(%[[B2]], %[[B3]])
  // CHECK-COUNT-4: nvvm.shfl.sync bfly
  // CHECK-NOT: nvvm.shfl
  // CHECK-NOT: llvm.intr.maxnum
  // CHECK: "test.row"(%[[A4]], %{{.*}})
  // CHECK: "test.row"(%[[B4]], %{{.*}})
  gpu.func @combine() kernel {
    %m = rdtile.map -> !rdtile.rows<f32> {
      %x = "test.row"() : () -> f32
      rdtile.yield %x : f32
    }
    %max = rdtile.combine max %m : !rdtile.rows<f32>
    %sum = rdtile.combine add %m : !rdtile.rows<f32>
    %0 = rdtile.map %max, %sum : !rdtile.rows<f32>, !rdtile.rows<f32> -> !rdtile.rows<f32> {
    ^bb0(%x: f32, %y: f32):
      "test.row"(%x, %y) : (f32, f32) -> ()
      rdtile.yield %x : f32
    }
    gpu.return
  }

  // Pairs of columns: the lower one in the lower half of the word.

  // CHECK-LABEL: gpu.func @convert
  // CHECK: %[[R0:.*]] = "test.element"()
  // CHECK: %[[R1:.*]] = "test.element"()
  // CHECK: llvm.inline_asm asm_dialect = att "cvt.rn.bf16x2.f32 $0, $2, $1;", "=r,f,f" %[[R0]], %[[R1]] : (f32, f32) -> i32
  // CHECK-COUNT-3: cvt.rn.bf16x2.f32
  // CHECK-COUNT-4: cvt.rn.f16x2.f32
  // CHECK-NOT: cvt.
  // CHECK: wgmma
  gpu.func @convert() kernel {
    %c0 = arith.constant 0 : i32
    %s = rdtile.map -> !rdtile.accumulator<16> {
      %x = "test.element"() : () -> f32
      rdtile.yield %x : f32
    }
    %p = rdtile.convert %s : !rdtile.accumulator<16> -> !rdtile.operand<16xbf16>
    %h = rdtile.convert %s : !rdtile.accumulator<16> -> !rdtile.operand<16xf16>
    %ring = rdtile.shared offset(0) : !rdtile.ring<1, 16x8xbf16>
    %halves = rdtile.shared offset(2048) : !rdtile.ring<1, 16x8xf16>
    %v = rdtile.stage %ring[%c0] : !rdtile.ring<1, 16x8xbf16>
    %w = rdtile.stage %halves[%c0] : !rdtile.ring<1, 16x8xf16>
    %o = rdtile.start_outputs %p, %v : !rdtile.operand<16xbf16>, !rdtile.tile<16x8xbf16> -> !rdtile.pending<8>
    %g = rdtile.start_outputs %h, %w : !rdtile.operand<16xf16>, !rdtile.tile<16x8xf16> -> !rdtile.pending<8>
    gpu.return
  }
}
