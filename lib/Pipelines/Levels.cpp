//===- Levels.cpp - Lowering from any level to a later one ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Levels.h"

#include "lib/Conversion/Passes.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace rdattn;

const llvm::StringLiteral rdattn::kLevelNames =
    "attention, expanded, launch, bufferized, cpu, llvm";

std::optional<Level> rdattn::parseLevel(StringRef name) {
  return llvm::StringSwitch<std::optional<Level>>(name)
      .Case("attention", Level::Attention)
      .Case("expanded", Level::Expanded)
      .Case("launch", Level::Launch)
      .Case("bufferized", Level::Bufferized)
      .Case("cpu", Level::CPU)
      .Case("llvm", Level::LLVM)
      .Default(std::nullopt);
}

static void toExpanded(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createConvertAttentionToAttend());
  manager.addPass(createCanonicalizerPass());
}

static void toLaunch(OpPassManager &manager, const LoweringOptions &options) {
  manager.addNestedPass<func::FuncOp>(
      createConvertAttendToLaunch({options.cpu}));
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
}

static void toCPU(OpPassManager &manager) {
  manager.addPass(createConvertLaunchToCPU());
  manager.addPass(createConvertPlanToLLVM());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void toLLVM(OpPassManager &manager, const LoweringOptions &options) {
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

void rdattn::buildLowering(OpPassManager &manager, Level level,
                           const LoweringOptions &options) {
  manager.addPass(createCanonicalizerPass());
  if (level >= Level::Expanded)
    toExpanded(manager);
  if (level >= Level::Launch)
    toLaunch(manager, options);
  if (level >= Level::Bufferized)
    toBufferized(manager);
  if (level >= Level::CPU)
    toCPU(manager);
  if (level >= Level::LLVM)
    toLLVM(manager, options);
}

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> level{*this, "level",
                            llvm::cl::desc("the level to reach: attention, "
                                           "expanded, launch, bufferized, cpu "
                                           "or llvm"),
                            llvm::cl::init("llvm")};
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("CPU to compile for"),
                          llvm::cl::init("host")};
};
} // namespace

/// Reads the options and adds the passes; reports an unknown level.
static LogicalResult
parseLowering(OpPassManager &manager, StringRef text,
              function_ref<LogicalResult(const Twine &)> reportError) {
  PipelineOptions options;
  if (failed(options.parseFromString(text)))
    return failure();
  std::optional<Level> level = parseLevel(options.level);
  if (!level)
    return reportError("unknown level '" + options.level.getValue() +
                       "'; levels are " + kLevelNames);
  buildLowering(manager, *level, {options.cpu});
  return success();
}

void rdattn::registerLoweringPipeline() {
  registerPassPipeline(
      "rdattn-lower-to", "Lower IR of any level to a later level",
      parseLowering,
      [](function_ref<void(const detail::PassOptions &)> handleOptions) {
        handleOptions(PipelineOptions());
      });
}
