// RUN: rdattn-opt %s -split-input-file -verify-diagnostics --rdattn-serialize-kernels=format=ptx

// RUN: echo 'gpu.module @m [#nvvm.target<chip = "sm_90a">] { llvm.func @f() attributes {nvvm.kernel} { llvm.return } }' > %t.mlir
// RUN: not rdattn-opt %t.mlir --rdattn-serialize-kernels=format=sass 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: unknown format 'sass'; formats are ptx, cubin, both and auto
// RUN: not rdattn-opt %t.mlir --rdattn-serialize-kernels="format=cubin ptxas=%t.absent" 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: error: '{{.*}}.absent' is not a program, but must be ptxas
// RUN: cp %S/Inputs/ptxas.sh %t.broken
// RUN: not rdattn-opt %t.mlir --rdattn-serialize-kernels=ptxas=%t.broken 2>&1 | FileCheck %s --check-prefix=BROKEN
// BROKEN: .mlir:1:1: error: gpu.module @m: '{{.*}}.broken' could not assemble the kernels: ptxas fatal   : Unresolved extern function

// expected-error@+1 {{gpu.module @none: names no GPU; give it targets such as [#nvvm.target<chip = "sm_90a">]}}
gpu.module @none {}

// -----

// expected-error@+1 {{gpu.module @chip: unknown GPU 'sm_77'; try sm_90a (Hopper) or sm_80}}
gpu.module @chip [#nvvm.target<chip = "sm_77">] {
  llvm.func @f() attributes {nvvm.kernel} { llvm.return }
}

// -----

// expected-error@+1 {{gpu.module @level: has no kernel in the LLVM dialect; lower it to the nvvm level first}}
gpu.module @level [#nvvm.target<chip = "sm_90a">] {
  gpu.func @f() kernel { gpu.return }
}

// -----

// expected-error@+1 {{gpu.module @part: the GPU module could not be translated to LLVM IR; lower it to the nvvm level first}}
gpu.module @part [#nvvm.target<chip = "sm_90a">] {
  llvm.func @f() attributes {nvvm.kernel} { 
    // expected-error@+2 {{unsupported GPU operation: gpu.thread_id}}
    // expected-error@+1 {{LLVM Translation failed for operation: gpu.thread_id}}
    %x = gpu.thread_id x
    llvm.return
  }
}
