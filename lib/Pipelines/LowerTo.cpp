//===- LowerTo.cpp - The pipeline on the command line ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Lowering.h"

#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace rdattn;

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> level{
      *this, "level",
      llvm::cl::desc(
          "the level to reach: attention, expanded, scheduled, "
          "launch, bufferized, cpu (of target cpu), rdtile or nvvm (of "
          "target cuda), or llvm"),
      llvm::cl::init("llvm")};
  Option<std::string> target{
      *this, "target",
      llvm::cl::desc("what launches are scheduled for: cpu, cuda-sm90a "
                     "(Hopper), cuda-sm80 (Ampere and later) or cuda (one for "
                     "each of them); below the launch level their schedules "
                     "say so"),
      llvm::cl::init("cpu")};
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("CPU to compile for"),
                          llvm::cl::init("host")};
  Option<std::string> schedule{
      *this, "schedule",
      llvm::cl::desc("fields of a schedule to set by hand, for target "
                     "cuda-sm90a or cuda-sm80: {keys = 112, stages = 3}"),
      llvm::cl::init("")};
  Option<std::string> kernels{
      *this, "kernels",
      llvm::cl::desc("what GPU kernels become: ptx, cubin, both, or auto: both "
                     "where there is a ptxas, else ptx"),
      llvm::cl::init("auto")};
};
} // namespace

/// Reads the options and adds the passes; reports what is unknown.
static LogicalResult
parseLowering(OpPassManager &manager, StringRef text,
              function_ref<LogicalResult(const Twine &)> reportError) {
  PipelineOptions options;
  if (failed(options.parseFromString(text)))
    return failure();
  llvm::Expected<TargetKind> target = parseTarget(options.target);
  if (!target)
    return reportError(llvm::toString(target.takeError()));
  llvm::Expected<Level> level = parseLevel(options.level, *target);
  if (!level)
    return reportError(llvm::toString(level.takeError()));
  if (*target == TargetKind::CUDA && !options.schedule.empty())
    return reportError("a schedule is for one architecture: set it for target "
                       "cuda-sm90a or cuda-sm80");
  LoweringOptions lowering;
  lowering.target = *target;
  lowering.cpu = options.cpu;
  lowering.schedule = options.schedule;
  lowering.kernelFormat = options.kernels;
  buildLowering(manager, *level, lowering);
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
