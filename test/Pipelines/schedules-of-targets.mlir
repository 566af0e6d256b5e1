// Below the launch the schedule says what the target is: a level that the target
// does not have is refused, and to LLVM each launch takes its own way.

// RUN: split-file %s %t
// RUN: not rdattn-opt %t/cuda.mlir --rdattn-lower-to=level=cpu 2>&1 | FileCheck %s --check-prefix=CPU
// CPU: error: 'rdattn.launch' op has a schedule for target cuda, which has no level 'cpu'; its levels are attention, expanded, scheduled, launch, bufferized, rdtile, nvvm, llvm
// RUN: not rdattn-opt %t/cpu.mlir --rdattn-lower-to="level=rdtile target=cuda" 2>&1 | FileCheck %s --check-prefix=RDTILE
// RDTILE: error: 'rdattn.launch' op has a schedule for target cpu, which has no level 'rdtile'; its levels are attention, expanded, scheduled, launch, bufferized, cpu, llvm
// RUN: not rdattn-opt %t/cpu.mlir --rdattn-lower-to="level=nvvm target=cuda" 2>&1 | FileCheck %s --check-prefix=NVVM
// NVVM: error: 'rdattn.launch' op has a schedule for target cpu, which has no level 'nvvm'

// RUN: cat %t/cpu.mlir %t/cuda.mlir > %t/both.mlir
// RUN: rdattn-opt %t/both.mlir --rdattn-lower-to="level=llvm kernels=ptx" -o %t/llvm.mlir
// RUN: rdattn-opt %t/both.mlir --rdattn-lower-to="level=llvm kernels=ptx target=cuda" | diff %t/llvm.mlir -
// RUN: FileCheck %s --check-prefix=LLVM --input-file=%t/llvm.mlir --implicit-check-not=rdattn.launch --implicit-check-not=rdattn.dispatch
// LLVM-DAG: llvm.call @rdattn_cuda_launch
// LLVM-DAG: omp.parallel

// The buffer between two attentions would be the host's.
// RUN: rdattn-opt %t/chain.mlir --rdattn-lower-to="level=launch target=cuda" -o /dev/null
// RUN: not rdattn-opt %t/chain.mlir --rdattn-lower-to="level=bufferized target=cuda" 2>&1 | FileCheck %s --check-prefix=CHAIN
// CHAIN: chain.mlir:2:{{[0-9]+}}: error: a CUDA function can hold one attention so far

//--- cpu.mlir
func.func @on_cpu(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>, %phases: tensor<?xi32>) -> tensor<1x16x2x8xf32> {
  %empty = tensor.empty() : tensor<1x16x2x8xf32>
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %list, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%empty : tensor<1x16x2x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>)
  return %o : tensor<1x16x2x8xf32>
}
//--- cuda.mlir
func.func @on_gpu(%q: tensor<1x16x2x64xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>, %phases: tensor<?xi32>) -> tensor<1x16x2x64xbf16> {
  %empty = tensor.empty() : tensor<1x16x2x64xbf16>
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%empty : tensor<1x16x2x64xbf16>) epilogue(store)
      schedule(#rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>)
  return %o : tensor<1x16x2x64xbf16>
}
//--- chain.mlir
func.func @chain(%q: tensor<1x24x4x64xf16>) -> tensor<1x24x4x64xf16> {
  %o0, %lse0 = rdattn.attention %q, %q, %q pattern [8] repeat : tensor<1x24x4x64xf16>
  %o1, %lse1 = rdattn.attention %o0, %q, %q pattern [24 dilation 3] : tensor<1x24x4x64xf16>
  return %o1 : tensor<1x24x4x64xf16>
}
