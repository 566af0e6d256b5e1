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

def ConvertAttendToRing
    : Pass<"convert-rdattn-attend-to-ring", "::mlir::func::FuncOp"> {
  let summary = "turn attends on a ring into the ring's steps";
  let description = [{
    An attend, or a merge of attends, on a ring becomes a plan of the ring's
    schedule (E6) and its steps: this rank's own keys first, then in each step
    those that the step before began to move. What the next step needs is under
    way while a step computes. Partial results stay in f32, and are rounded once
    at the end (S8, S9).

    Where the ring's size and tokens are static, the steps that move rows between
    any two ranks follow one after another, if they are 64 at most; else they are
    a loop.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ConvertAttendToLaunch
    : Pass<"convert-rdattn-attend-to-launch", "::mlir::func::FuncOp"> {
  let summary = "fuse attends and their merge into one launch";
  let description = [{
    Every attend, or merge of attends on the same q, k and v, becomes one
    `rdattn.plan` and one `rdattn.launch` (E5) with the target's default schedule
    for its kernel key: `#rdattn.cpu`, for cuda-sm90a `#rdattn.sm90`, or
    `#rdattn.sm80` where the elements are f32, for cuda-sm80 `#rdattn.sm80`;
    chosen by D, Dv, `causal` and the classes. An lse that nobody uses is not computed.
  }];
  let dependentDialects = ["::rdattn::RDAttnDialect"];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"host\"",
           "CPU the schedule is for: host, x86-64-v4 (AVX-512), x86-64-v3 (AVX2) "
           "or another that LLVM knows">,
    Option<"target", "target", "std::string", "\"cpu\"",
           "what the launch runs on: cpu, cuda-sm90a (a GPU of NVIDIA's Hopper "
           "architecture), cuda-sm80 (one of Ampere's or later) or cuda (what the "
           "function's rdattn.architecture says, or cuda-sm90a)">,
    Option<"schedule", "schedule", "std::string", "\"\"",
           "fields of a cuda schedule to set by hand: keys = 112, stages = 3">];
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

def ConvertLaunchToRDTile
    : Pass<"convert-rdattn-launch-to-rdtile", "::mlir::ModuleOp"> {
  let summary = "lower launches to GPU kernels of tiles";
  let description = [{
    A launch on memrefs with an `#rdattn.sm90` or `#rdattn.sm80` schedule
    becomes a `gpu.module` with a kernel for each way that rows can reach shared
    memory, and an `rdattn.dispatch` on the host. A kernel is persistent. On
    Hopper one warpgroup takes work items and copies their tiles into rings in
    shared memory, the others compute a flash-style loop over them, the scores
    of a tile beside the outputs of the one before. Of `#rdattn.sm80` all warps
    copy and compute, one tile after the other. Where branches meet, or leave rows empty, a
    second kernel merges their results, which are kept in the element type
    between the two, with an f32 maximum and sum to each row. What the steps of a
    ring post and finish gets kernels of its own, too.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::rdattn::rdtile::RDTileDialect"];
}

def ConvertRDTileToNVVM
    : Pass<"convert-rdtile-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "lower tiles to the instructions of a GPU";
  let description = [{
    Every `rdtile` operation of a `gpu.module` becomes single PTX instructions:
    fragments become registers, tiles addresses in the block's dynamic shared
    memory. Where the module's target is sm_90a, or none is given, products are
    `wgmma`; on every other GPU since sm_80 they are `mma.sync`, and what Hopper
    alone has is an error. Control flow, memrefs and scalar arithmetic stay for
    upstream's passes.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect"];
}

def AddressKernelParameters
    : Pass<"rdtile-address-kernel-parameters", "::mlir::gpu::GPUModuleOp"> {
  let summary = "let kernels take the address of what is passed by value";
  let description = [{
    The tensor maps of a kernel in the LLVM dialect (`rdtile.maps_argument`)
    become a by-value parameter and an `nvvm.grid_constant`: they are used where
    the launch put them, not from a copy on the stack. Upstream allows the mark
    on functions of the LLVM dialect alone.
  }];
  let dependentDialects = ["::mlir::NVVM::NVVMDialect"];
}

def ConvertPlanToLLVM : Pass<"convert-rdattn-plan-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower plans to calls of the runtime's planner";
  let description = [{
    What an `rdattn.plan` on memrefs plans becomes a constant of the module, and
    the plan a call of `rdattn_plan`, whose tables the runtime keeps.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ConvertRingToLLVM : Pass<"convert-rdattn-ring-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower a ring's plans and transfers to calls of the runtime";
  let description = [{
    Schedules and rings become pointers, a transfer the number of its step. What
    an `rdattn.ring.plan` plans becomes a constant of the module. An
    `rdattn.ring.dispatch_post` keeps its types behind casts, until its kernels
    are code.
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
    `rdattn_cuda_launch`. The schedule and the transfer of an
    `rdattn.ring.dispatch_post` are cast to what `convert-rdattn-ring-to-llvm`
    makes of them.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect"];
}

#endif // RDATTN_CONVERSION_PASSES
