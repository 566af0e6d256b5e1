//===- Passes.td - Passes within a level -------------------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSFORMS_PASSES
#define RDATTN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def AddArchitectures : Pass<"rdattn-add-architectures", "::mlir::ModuleOp"> {
  let summary = "compile functions for each kind of GPU";
  let description = [{
    A public function with attends of 16-bit elements is there twice after this
    pass: once with `rdattn.architecture = "sm_90a"` for Hopper, and as
    `<name>_sm80` with `rdattn.architecture = "sm_80"` for Ampere and later GPUs.
    Each is scheduled for its own, and `rdattn.alternative_of` names the function
    whose place the second takes in a module: a call runs the first that the
    device can run. Of f32 there is one, for all GPUs.
  }];
}

def EmbedPlans : Pass<"rdattn-embed-plans", "::mlir::func::FuncOp"> {
  let summary = "plan constant sizes now";
  let description = [{
    An `rdattn.plan` on tensors whose sizes are constants becomes constant
    tables: nothing is planned when the module runs. Tables above 64 MiB are
    left to the runtime.

    Where the size and the tokens of a ring are static, and batch and heads are
    constants, each `rdattn.ring.table` of a constant step becomes constants that
    hold the tables of all ranks, of which an `rdattn.ring.rank` takes this
    rank's; if those of all steps together are 16 MiB at most. What moves is still
    planned when the module runs.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

def OutlinePlans : Pass<"rdattn-outline-plans", "::mlir::func::FuncOp"> {
  let summary = "take plans as arguments";
  let description = [{
    The tables of the function's only `rdattn.plan` become its last arguments,
    so that one kernel serves every pattern with its key. What the runtime has
    to plan is kept in the function's attribute `rdattn.plan_spec`.
  }];
}

def BindEntries : Pass<"rdattn-bind-entries", "::mlir::ModuleOp"> {
  let summary = "give functions the calling convention of a module";
  let description = [{
    Tensor arguments become memrefs of any strides with a contiguous last
    dimension; results become further arguments that are written in place.
    Public functions (q, k, v[, scale][, items, rows, phases]) -> (o[, lse]) are
    entries of the module: `rdattn.entry` says what each argument is.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def FreeBuffers : Pass<"rdattn-free-buffers", "::mlir::func::FuncOp"> {
  let summary = "free buffers at the end of their block";
  let description = [{
    Frees each `memref.alloc` that nothing frees, such as the buffer between two
    attentions. Unlike upstream's pipeline it may run again on its own result,
    so that IR of this level can be fed back.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def CheckDeviceFunctions
    : Pass<"rdattn-check-device-functions", "::mlir::func::FuncOp"> {
  let summary = "refuse host accesses to tensors on a GPU";
  let description = [{
    The tensors of a function with a launch for a GPU are in the GPU's memory:
    buffers that bufferisation made, copies and launches for the CPU are errors.
  }];
}

def ExpandExp2 : Pass<"rdattn-expand-exp2"> {
  let summary = "expand vector exp2 into arithmetic";
  let description = [{
    exp2(x) = 2^n * p(x - n) with n = round(x) and a polynomial p of degree 6
    whose relative error on [-1/2, 1/2] is below 2^-28. NaN stays NaN, overflow
    gives inf, and x <= -127 gives 0; between -127 and -126 the result is
    subnormal and has no correct digits.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::vector::VectorDialect"];
}

def SerializeKernels : Pass<"rdattn-serialize-kernels", "::mlir::ModuleOp"> {
  let summary = "compile GPU modules";
  let description = [{
    Each `gpu.module` in the LLVM and NVVM dialects becomes a `gpu.binary` with
    one object or two for each of its kernels and targets: a cubin by `ptxas`,
    whose report (registers, stack, spills and static shared memory, in bytes)
    is kept as the object's properties, and PTX, which drivers compile. What
    `ptxas` warns of is a warning. Functions are inlined into the kernels; loops
    are left as they are. Kernels are compiled alone, in parallel, so that a
    driver loads no more than it runs.
  }];
  let dependentDialects = ["::mlir::gpu::GPUDialect", "::mlir::NVVM::NVVMDialect"];
  let options = [
    Option<"format", "format", "std::string", "\"auto\"",
           "what to make: ptx, cubin, both, or auto: both where there is a ptxas, "
           "else ptx">,
    Option<"ptxas", "ptxas", "std::string", "\"\"",
           "path of ptxas; it is searched on the PATH, in $CUDA_HOME/bin and in "
           "/usr/local/cuda/bin">];
}

def EmitModule : Pass<"rdattn-emit-module", "::mlir::ModuleOp"> {
  let summary = "describe the module's entries to the runtime";
  let description = [{
    Works on the LLVM dialect: exports `rdattn_module_data` (see
    runtime/include/rdattn/module.h) with an entry point for each function that
    has `rdattn.entry`, and gives every function the CPU's target features. Where
    all entries are for CUDA, the host is any CPU.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"host\"", "CPU to compile for">];
}

#endif // RDATTN_TRANSFORMS_PASSES
