// RUN: rdattn-opt %s --convert-rdtile-to-nvvm --canonicalize --cse -allow-unregistered-dialect -split-input-file \
// RUN:   | FileCheck %s --implicit-check-not=rdtile.

// One branch a role. The warpgroup's number comes from a lane of its own, so that
// the branch is seen to be the same in all of a warp.

// CHECK-LABEL: gpu.func @roles
// CHECK: %[[THREAD:.*]] = nvvm.read.ptx.sreg.tid.x
// CHECK: %[[OWN:.*]] = arith.divui %[[THREAD]], %c128_i32
// CHECK: %[[GROUP:.*]] = nvvm.shfl.sync idx %c-1_i32, %[[OWN]], %c0_i32, %c31_i32
// CHECK: %[[COPIES:.*]] = arith.cmpi eq, %[[GROUP]], %c0_i32
// CHECK: scf.if %[[COPIES]] {
// CHECK-NEXT: nvvm.setmaxregister decrease 24
// CHECK-NEXT: "test.produce"()
// CHECK-NEXT: } else {
// CHECK-NEXT: nvvm.setmaxregister increase 240
// CHECK-NEXT: %[[NUMBER:.*]] = arith.subi %[[GROUP]], %c1_i32
// CHECK-NEXT: "test.consume"(%[[NUMBER]])
// CHECK-NEXT: {{^ [}]$}}
// CHECK-NEXT: gpu.return
gpu.module @roles {
  gpu.func @roles() kernel {
    rdtile.roles producer registers(24) {
      "test.produce"() : () -> ()
    } consumers(2) registers(240) {
    ^bb0(%number: i32):
      "test.consume"(%number) : (i32) -> ()
    }
    gpu.return
  }
}

// -----

// The first items are the blocks' own: tickets count from there.

// CHECK-LABEL: gpu.func @next
// CHECK-SAME: (%[[COUNTER:.*]]: memref<2xi32>)
// CHECK: %[[INDEX:.*]] = memref.extract_aligned_pointer_as_index %[[COUNTER]]
// CHECK: %[[ADDRESS:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK: %[[TICKET:.*]] = llvm.inline_asm has_side_effects {{.*}}"atom.relaxed.gpu.global.add.u32 $0, [$1], 1;", "=r,l,~{memory}" %[[ADDRESS]]
// CHECK: %[[BLOCKS:.*]] = nvvm.read.ptx.sreg.nctaid.x
// CHECK: %[[ITEM:.*]] = arith.addi %[[TICKET]], %[[BLOCKS]]
// CHECK: "test.item"(%[[ITEM]])
gpu.module @next {
  gpu.func @next(%counter: memref<2xi32>) kernel {
    %item = rdtile.next_item %counter : memref<2xi32>
    "test.item"(%item) : (i32) -> ()
    gpu.return
  }
}

// -----

// The second word wraps to zero after the last block, which zeroes the first.

// CHECK-LABEL: gpu.func @retire
// CHECK: %[[BLOCKS:.*]] = nvvm.read.ptx.sreg.nctaid.x
// CHECK: %[[LAST:.*]] = arith.subi %[[BLOCKS]], %c1_i32
// CHECK: %[[RETIRED:.*]] = llvm.inline_asm has_side_effects {{.*}}"atom.acq_rel.gpu.global.inc.u32 $0, [$1 + 4], $2;", "=r,l,r,~{memory}" %[[COUNTER:.*]], %[[LAST]]
// CHECK: %[[IS_LAST:.*]] = arith.cmpi eq, %[[RETIRED]], %[[LAST]]
// CHECK: scf.if %[[IS_LAST]] {
// CHECK-NEXT: "st.global.u32 [$0], 0;", "l,~{memory}" %[[COUNTER]]
gpu.module @retire {
  gpu.func @retire(%counter: memref<2xi32>) kernel {
    rdtile.retire %counter : memref<2xi32>
    gpu.return
  }
}

// -----

// Scalar arithmetic that upstream would give to a device library.

// CHECK-LABEL: gpu.func @arithmetic
// CHECK-SAME: (%[[X:.*]]: f32, %[[Y:.*]]: f32, %[[N:.*]]: i32)
// CHECK: %[[E:.*]] = llvm.inline_asm asm_dialect = att "ex2.approx.ftz.f32 $0, $1;", "=f,f" %[[X]]
// CHECK: %[[L:.*]] = llvm.inline_asm asm_dialect = att "lg2.approx.ftz.f32 $0, $1;", "=f,f" %[[X]]
// CHECK: %[[F:.*]] = llvm.intr.fma(%[[X]], %[[Y]], %[[E]])
// CHECK: %[[HIGH:.*]] = llvm.intr.maxnum(%[[F]], %[[L]])
// CHECK: %[[LOW:.*]] = llvm.intr.minnum(%[[HIGH]], %[[Y]])
// CHECK: %[[ZEROS:.*]] = "llvm.intr.cttz"(%[[N]]) <{is_zero_poison = false}>
// CHECK: "test.use"(%[[LOW]], %[[ZEROS]])
gpu.module @arithmetic {
  gpu.func @arithmetic(%x: f32, %y: f32, %n: i32) kernel {
    %e = math.exp2 %x : f32
    %l = math.log2 %x : f32
    %f = math.fma %x, %y, %e : f32
    %high = arith.maxnumf %f, %l : f32
    %low = arith.minnumf %high, %y : f32
    %zeros = math.cttz %n : i32
    "test.use"(%low, %zeros) : (f32, i32) -> ()
    gpu.return
  }
}

// -----

// Other code of a module stays: it is upstream's.

// CHECK-LABEL: gpu.func @others
// CHECK: memref.load
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK: gpu.barrier
gpu.module @others {
  gpu.func @others(%from: memref<?xf32>, %least: f32, %i: index, %n: index) kernel {
    %x = memref.load %from[%i] : memref<?xf32>
    scf.for %j = %i to %n step %i {
      %y = arith.maximumf %x, %least : f32
      memref.store %y, %from[%j] : memref<?xf32>
    }
    gpu.barrier
    gpu.return
  }
}
