//===- Lowering.cpp - Lowering from any level to a later one --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Lowering.h"

#include "lib/Conversion/Passes.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace rdattn;

static void toExpanded(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createConvertAttentionToAttend());
  manager.addPass(createCanonicalizerPass());
}

static void toScheduled(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createConvertAttendToRing());
  manager.addPass(createCanonicalizerPass());
}

static void toLaunch(OpPassManager &manager, const LoweringOptions &options) {
  if (options.target == TargetKind::CUDA)
    manager.addPass(createAddArchitectures());
  ConvertAttendToLaunchOptions schedules;
  schedules.cpu = options.cpu;
  schedules.target = nameOf(options.target).str();
  schedules.schedule = options.schedule;
  manager.addNestedPass<func::FuncOp>(createConvertAttendToLaunch(schedules));
  if (options.outlinePlans)
    manager.addNestedPass<func::FuncOp>(createOutlinePlans());
  manager.addPass(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createEmbedPlans());
  manager.addPass(createCanonicalizerPass()); // the sizes that were planned for
}

static void toBufferized(OpPassManager &manager) {
  manager.addPass(createBindEntries());
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  manager.addPass(bufferization::createOneShotBufferizePass());
  manager.addNestedPass<func::FuncOp>(createFreeBuffers());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addNestedPass<func::FuncOp>(createCheckDeviceFunctions());
}

static void toCPU(OpPassManager &manager) {
  manager.addPass(createConvertLaunchToCPU());
  manager.addPass(createConvertPlanToLLVM());
  manager.addPass(createConvertRingToLLVM());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void toRDTile(OpPassManager &manager) {
  manager.addPass(createConvertLaunchToRDTile());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createCanonicalizerPass()); // conditions that are now one
}

/// Function by function, so that kernels are lowered in parallel.
void rdattn::buildGPUModulePipeline(OpPassManager &manager) {
  // To compare the blocks of unrolled kernels takes longer than all the rest,
  // and LLVM does it again.
  GreedyRewriteConfig withinBlocks;
  withinBlocks.setRegionSimplificationLevel(
      GreedySimplifyRegionLevel::Disabled);
  OpPassManager &kernels = manager.nest<gpu::GPUFuncOp>();
  kernels.addPass(createCSEPass());
  kernels.addPass(createCanonicalizerPass(withinBlocks));
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  kernels.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertGpuOpsToNVVMOps());
  manager.addPass(createAddressKernelParameters());
  OpPassManager &functions = manager.nest<LLVM::LLVMFuncOp>();
  functions.addPass(createReconcileUnrealizedCastsPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
}

static void toNVVM(OpPassManager &manager) {
  OpPassManager &kernels = manager.nest<gpu::GPUModuleOp>();
  kernels.addPass(createConvertRDTileToNVVM());
  buildGPUModulePipeline(kernels);
}

/// What is left is the host's code.
static void toLLVM(OpPassManager &manager, const LoweringOptions &options) {
  SerializeKernelsOptions kernels;
  kernels.format = options.kernelFormat;
  manager.addPass(createSerializeKernels(kernels));
  if (LoweringObserver *observer = options.observer)
    addObserver(manager,
                [=](ModuleOp module) { return observer->atKernels(module); });
  manager.addPass(createConvertDispatchToLLVM());
  manager.addPass(createExpandExp2());
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  manager.addPass(arith::createArithExpandOpsPass(expand));
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.vectorTransposeLowering =
      vector::VectorTransposeLowering::Shuffle16x16;
  manager.addPass(createConvertVectorToLLVMPass(vectors));
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createConvertOpenMPToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createEmitModule({options.cpu}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void observe(OpPassManager &manager, Level level,
                    LoweringObserver *observer) {
  if (observer)
    addObserver(manager, [=](ModuleOp module) {
      return observer->atLevel(level, module);
    });
}

void rdattn::buildLowering(OpPassManager &manager, Level level,
                           const LoweringOptions &options) {
  auto reached = [&](Level at) { observe(manager, at, options.observer); };
  manager.addPass(createCanonicalizerPass());
  reached(Level::Attention);
  if (level >= Level::Expanded) {
    toExpanded(manager);
    reached(Level::Expanded);
  }
  if (level >= Level::Scheduled) {
    toScheduled(manager);
    reached(Level::Scheduled);
  }
  if (level >= Level::Launch) {
    toLaunch(manager, options);
    reached(Level::Launch);
  }
  if (level >= Level::Bufferized) {
    toBufferized(manager);
    reached(Level::Bufferized);
  }
  if (level > Level::Bufferized)
    addCheckLevel(manager, level);
  // On the way to LLVM each target takes its own launches, and a GPU the
  // transfers between them before the rest become calls.
  if (level >= Level::RDTile) {
    toRDTile(manager);
    reached(Level::RDTile);
  }
  if (level == Level::CPU || level == Level::LLVM) {
    toCPU(manager);
    reached(Level::CPU);
  }
  if (level >= Level::NVVM) {
    toNVVM(manager);
    reached(Level::NVVM);
  }
  if (level == Level::LLVM) {
    toLLVM(manager, options);
    reached(Level::LLVM);
  }
}
