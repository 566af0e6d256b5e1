// What a level is made of, and that nothing of an earlier one is left in it.

// RUN: rdattn-opt %s --rdattn-lower-to=level=attention | FileCheck %s --check-prefix=ATTENTION \
// RUN:     --implicit-check-not=rdattn.attend --implicit-check-not=rdattn.merge \
// RUN:     --implicit-check-not=rdattn.plan --implicit-check-not=rdattn.launch --implicit-check-not=memref
// RUN: rdattn-opt %s --rdattn-lower-to=level=expanded | FileCheck %s --check-prefix=EXPANDED \
// RUN:     --implicit-check-not=rdattn.attention --implicit-check-not=rdattn.plan \
// RUN:     --implicit-check-not=rdattn.launch --implicit-check-not=memref
// RUN: rdattn-opt %s --rdattn-lower-to=level=launch | FileCheck %s --check-prefix=LAUNCH \
// RUN:     --implicit-check-not=rdattn.attention --implicit-check-not="rdattn.attend " \
// RUN:     --implicit-check-not=rdattn.merge --implicit-check-not=memref
// RUN: rdattn-opt %s --rdattn-lower-to=level=bufferized | FileCheck %s --check-prefix=BUFFERIZED \
// RUN:     --implicit-check-not=rdattn.attention --implicit-check-not="rdattn.attend " \
// RUN:     --implicit-check-not=rdattn.merge --implicit-check-not=tensor --implicit-check-not=bufferization. \
// RUN:     --implicit-check-not=omp.
// RUN: rdattn-opt %s --rdattn-lower-to=level=cpu -o %t.cpu
// RUN: FileCheck %s --check-prefix=CPU --input-file=%t.cpu --implicit-check-not="rdattn.plan " \
// RUN:     --implicit-check-not=rdattn.launch --implicit-check-not="tensor<1x" --implicit-check-not=tensor. --implicit-check-not="#rdattn"
// RUN: rdattn-opt %s --rdattn-lower-to=level=llvm -o %t.llvm
// RUN: FileCheck %s --check-prefix=LLVM --input-file=%t.llvm --implicit-check-not=func.func \
// RUN:     --implicit-check-not=memref --implicit-check-not=" vector." --implicit-check-not=" scf." \
// RUN:     --implicit-check-not=" arith." --implicit-check-not=" math." --implicit-check-not=" cf." \
// RUN:     --implicit-check-not=" builtin." --implicit-check-not=" affine." --implicit-check-not=" ub."

// From the CPU level down the dialects are upstream's, and a driver without
// rdattn reads them; it refuses every level above.

// RUN: mlir-opt %t.cpu -o /dev/null
// RUN: mlir-opt %t.llvm -o /dev/null
// RUN: not mlir-opt %s 2>&1 | FileCheck %s --check-prefix=NO-ATTENTION
// RUN: rdattn-opt %s --rdattn-lower-to=level=expanded | not mlir-opt 2>&1 | FileCheck %s --check-prefix=NO-ATTEND
// RUN: rdattn-opt %s --rdattn-lower-to=level=launch | not mlir-opt 2>&1 | FileCheck %s --check-prefix=NO-PLAN
// RUN: rdattn-opt %s --rdattn-lower-to=level=bufferized | not mlir-opt 2>&1 | FileCheck %s --check-prefix=NO-PLAN

// And rdattn-opt knows no dialect but those from the pattern down to LLVM.

// RUN: echo "nvgpu.device_async_wait" | not rdattn-opt 2>&1 | FileCheck %s --check-prefix=NO-NVGPU
// RUN: echo "async.runtime.create : !async.token" | not rdattn-opt 2>&1 | FileCheck %s --check-prefix=NO-ASYNC

// NO-ATTENTION: error: Dialect `rdattn' not found for custom op 'rdattn.attention'
// NO-ATTEND: error: Dialect `rdattn' not found for custom op 'rdattn.attend'
// NO-PLAN: error: Dialect `rdattn' not found for custom op 'rdattn.plan'
// NO-NVGPU: error: Dialect `nvgpu' not found for custom op 'nvgpu.device_async_wait'
// NO-ASYNC: error: Dialect `async' not found for custom op 'async.runtime.create'

// ATTENTION: rdattn.attention
// EXPANDED: rdattn.attend
// EXPANDED: rdattn.attend
// EXPANDED: rdattn.merge
// LAUNCH: rdattn.plan
// LAUNCH: rdattn.launch
// BUFFERIZED: rdattn.plan
// BUFFERIZED: rdattn.launch
// CPU: call @rdattn_plan
// CPU: omp.parallel
// CPU: vector.fma
// LLVM: llvm.func @attention
// LLVM: omp.parallel
// LLVM: llvm.intr.fma
// LLVM: rdattn_module_data
func.func @attention(%q: tensor<1x?x4x8xf32>, %k: tensor<1x?x2x8xf32>, %v: tensor<1x?x2x4xf32>)
    -> (tensor<1x?x4x4xf32>, tensor<1x4x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [8, 16 dilation 2 order hilbert] + [8 window 2] repeat
      : tensor<1x?x4x8xf32>, tensor<1x?x2x8xf32>, tensor<1x?x2x4xf32>
  return %o, %lse : tensor<1x?x4x4xf32>, tensor<1x4x?xf32>
}
