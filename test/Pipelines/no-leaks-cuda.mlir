// What the levels of target cuda are made of, and that nothing of an earlier one
// is left in them.

// RUN: rdattn-opt %s --rdattn-lower-to="level=launch target=cuda" | FileCheck %s --check-prefix=LAUNCH --implicit-check-not=gpu. --implicit-check-not=memref
// RUN: rdattn-opt %s --rdattn-lower-to="level=rdtile target=cuda" -o %t.rdtile
// RUN: FileCheck %s --check-prefix=RDTILE --input-file=%t.rdtile --implicit-check-not=rdattn.launch \
// RUN:     --implicit-check-not=tensor. --implicit-check-not=" llvm." --implicit-check-not="= nvvm."
// RUN: rdattn-opt %s --rdattn-lower-to="level=nvvm target=cuda" -o %t.nvvm
// RUN: FileCheck %s --check-prefix=NVVM --input-file=%t.nvvm --implicit-check-not=rdtile. \
// RUN:     --implicit-check-not=gpu.func --implicit-check-not=" vector." --implicit-check-not=" scf." \
// RUN:     --implicit-check-not=" math." --implicit-check-not=" cf." --implicit-check-not=" builtin." --implicit-check-not=" affine."
// RUN: rdattn-opt %s --rdattn-lower-to="level=llvm target=cuda kernels=ptx" -o %t.llvm
// RUN: FileCheck %s --check-prefix=LLVM --input-file=%t.llvm --implicit-check-not=func.func \
// RUN:     --implicit-check-not=" gpu." --implicit-check-not=rdattn.plan --implicit-check-not=rdattn.dispatch \
// RUN:     --implicit-check-not=memref --implicit-check-not=" arith." --implicit-check-not=" builtin." --implicit-check-not=omp.

// A driver without rdattn reads the last level, and refuses the others.

// RUN: mlir-opt %t.llvm -o /dev/null
// RUN: not mlir-opt %t.rdtile 2>&1 | FileCheck %s --check-prefix=NO-RDATTN
// RUN: not mlir-opt %t.nvvm 2>&1 | FileCheck %s --check-prefix=NO-RDATTN

// NO-RDATTN: error: Dialect `rdattn' not found

// LAUNCH: rdattn.plan
// LAUNCH: rdattn.launch {{.*}} schedule(#rdattn.sm90<
// RDTILE: rdattn.plan
// RDTILE: rdattn.dispatch
// RDTILE: gpu.module
// RDTILE: gpu.func
// RDTILE: rdtile.
// NVVM: gpu.module {{.*}} [#nvvm.target<
// NVVM: llvm.func @{{.*}} attributes {{.*}}nvvm.kernel, nvvm.maxntid
// NVVM: nvvm.
// NVVM: llvm.return
// LLVM: llvm.func @attention
// LLVM: llvm.call @rdattn_plan
// LLVM: llvm.call @rdattn_cuda_launch
// LLVM: @rdattn_program
// LLVM: @rdattn_module_data
func.func @attention(%q: tensor<1x?x4x64xbf16>, %k: tensor<1x?x2x64xbf16>, %v: tensor<1x?x2x64xbf16>)
    -> (tensor<1x?x4x64xbf16>, tensor<1x4x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [8, 16 dilation 2 order hilbert] repeat
      : tensor<1x?x4x64xbf16>, tensor<1x?x2x64xbf16>, tensor<1x?x2x64xbf16>
  return %o, %lse : tensor<1x?x4x64xbf16>, tensor<1x4x?xf32>
}
