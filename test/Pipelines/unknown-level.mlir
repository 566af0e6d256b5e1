// RUN: not rdattn-opt %s --rdattn-lower-to=level=nirvana 2>&1 | FileCheck %s --match-full-lines --implicit-check-not={{.}}
// RUN: not rdattn-opt %s --rdattn-lower-to="level=nirvana target=cuda" 2>&1 | FileCheck %s --check-prefix=CUDA
// RUN: not rdattn-opt %s --rdattn-lower-to=level= 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not rdattn-opt %s --pass-pipeline='builtin.module(rdattn-lower-to{level=Launch})' 2>&1 | FileCheck %s --check-prefix=PIPELINE
// RUN: not rdattn-opt %s --rdattn-lower-to=stage=launch 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not rdattn-opt %s --rdattn-lower-to="level=launch cpu=pentium-9" 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not rdattn-opt %s --rdattn-lower-to="level=launch target=tpu" 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not rdattn-opt %s --rdattn-lower-to=level=rdtile 2>&1 | FileCheck %s --check-prefix=CPU-RDTILE
// RUN: not rdattn-opt %s --rdattn-lower-to=level=nvvm 2>&1 | FileCheck %s --check-prefix=CPU-NVVM
// RUN: not rdattn-opt %s --rdattn-lower-to="level=cpu target=cuda" 2>&1 | FileCheck %s --check-prefix=CUDA-CPU

// One line, and no crash: `not` fails where the tool dies of a signal.

// CHECK: <unknown>:0: error: unknown level 'nirvana'; levels of target cpu are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// CUDA: <unknown>:0: error: unknown level 'nirvana'; levels of target cuda are attention, expanded, scheduled, launch, bufferized, rdtile, nvvm, llvm
// EMPTY: error: unknown level ''; levels of target cpu are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// PIPELINE: error: unknown level 'Launch'; levels of target cpu are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// OPTION: no such option stage
// CPU: unknown-level.mlir:[[#@LINE+5]]:1: error: unknown CPU 'pentium-9'; try host, x86-64-v4 (AVX-512) or x86-64-v3 (AVX2)
// TARGET: error: unknown target 'tpu'; targets are cpu, cuda, cuda-sm90a and cuda-sm80
// CPU-RDTILE: error: target cpu has no level 'rdtile'; its levels are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// CPU-NVVM: error: target cpu has no level 'nvvm'; its levels are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// CUDA-CPU: error: target cuda has no level 'cpu'; its levels are attention, expanded, scheduled, launch, bufferized, rdtile, nvvm, llvm
func.func @attention(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
