//===- Passes.td - Conversions from one level to the next --*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_PASSES
#define RDATTN_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertAttentionToAttend
    : Pass<"convert-rdattn-attention-to-attend", "::mlir::func::FuncOp"> {
  let summary = "expand patterns into explicit residue classes";
  let description = [{
    Each branch becomes an `rdattn.attend` whose classes are index maps, as
    written (canonicalisation then simplifies them); several branches meet in an
    `rdattn.merge`, a single one needs none.
  }];
  let dependentDialects = ["::rdattn::RDAttnDialect"];
}

def ConvertAttendToLaunch
    : Pass<"convert-rdattn-attend-to-launch", "::mlir::func::FuncOp"> {
  let summary = "fuse attends and their merge into one launch";
  let description = [{
    Every attend, or merge of attends on the same q, k and v, becomes one
    `rdattn.plan` and one `rdattn.launch` (E5) with the default schedule of its
    kernel key. An lse that nobody uses is not computed.
  }];
  let dependentDialects = ["::rdattn::RDAttnDialect"];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"host\"",
           "CPU the schedule is for: host, x86-64-v4 (AVX-512), x86-64-v3 (AVX2) "
           "or another that LLVM knows">];
}

def ConvertLaunchToCPU
    : Pass<"convert-rdattn-launch-to-cpu", "::mlir::ModuleOp"> {
  let summary = "lower launches to OpenMP loops over vector code";
  let description = [{
    A launch on memrefs with a `#rdattn.cpu` schedule becomes a team of threads
    that share the rows of the work table; each item is a flash-style loop of
    register-blocked products and an online softmax, written with `scf`,
    `vector`, `arith` and `math`.
  }];
  let dependentDialects = [
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::omp::OpenMPDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ConvertPlanToLLVM : Pass<"convert-rdattn-plan-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower plans to calls of the runtime's planner";
  let description = [{
    What an `rdattn.plan` on memrefs plans becomes a constant of the module, and
    the plan a call of `rdattn_plan`, whose tables the runtime keeps.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertDispatchToLLVM
    : Pass<"convert-rdattn-dispatch-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower dispatches to calls of the runtime's CUDA launcher";
  let description = [{
    The objects of each `gpu.binary`, PTX and cubins, become constants of the
    module, with a table of the kernels in them (`rdattn_cuda_program` in
    runtime/include/rdattn/module.h); each `rdattn.dispatch` becomes a call of
    `rdattn_cuda_launch`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // RDATTN_CONVERSION_PASSES
