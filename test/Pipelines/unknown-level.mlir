// RUN: not rdattn-opt %s --rdattn-lower-to=level=nirvana 2>&1 | FileCheck %s --match-full-lines --implicit-check-not={{.}}
// RUN: not rdattn-opt %s --rdattn-lower-to=level= 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not rdattn-opt %s --pass-pipeline='builtin.module(rdattn-lower-to{level=Launch})' 2>&1 | FileCheck %s --check-prefix=PIPELINE
// RUN: not rdattn-opt %s --rdattn-lower-to=stage=launch 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not rdattn-opt %s --rdattn-lower-to="level=launch cpu=pentium-9" 2>&1 | FileCheck %s --check-prefix=CPU

// One line, and no crash: `not` fails where the tool dies of a signal.

// CHECK: <unknown>:0: error: unknown level 'nirvana'; levels are attention, expanded, launch, bufferized, cpu, llvm
// EMPTY: error: unknown level ''; levels are attention, expanded, launch, bufferized, cpu, llvm
// PIPELINE: error: unknown level 'Launch'; levels are attention, expanded, launch, bufferized, cpu, llvm
// OPTION: no such option stage
// CPU: unknown-level.mlir:[[#@LINE+1]]:1: error: unknown CPU 'pentium-9'; try host, x86-64-v4 (AVX-512) or x86-64-v3 (AVX2)
func.func @attention(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  %o, %lse = rdattn.attention %q, %q, %q pattern [16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}
