// REQUIRES: ptxas
// RUN: rdattn-opt %s --rdattn-serialize-kernels=format=cubin | FileCheck %s
// CHECK: gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">
// CHECK-SAME: properties = {kernel = "nothing", registers = {{[0-9]+}} : i64, shared = 0 : i64, spill_loads = 0 : i64, spill_stores = 0 : i64, stack = 0 : i64}, bin = "\7FELF

// RUN: sed 's/"nanosleep.u32 1;"/"no such instruction;"/' %s > %t.mlir
// RUN: not rdattn-opt %t.mlir --rdattn-serialize-kernels 2>&1 | FileCheck %s --check-prefix=FAILS
// FAILS: error: gpu.module @kernels: '{{.*}}ptxas' could not assemble the kernels: ptxas {{.*}}Parsing error near 'instruction': syntax error
gpu.module @kernels [#nvvm.target<chip = "sm_90a">] {
  llvm.func @nothing() attributes {nvvm.kernel} {
    llvm.inline_asm has_side_effects "nanosleep.u32 1;" , "" : () -> ()
    llvm.return
  }
}
