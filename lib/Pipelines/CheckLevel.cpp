//===- CheckLevel.cpp - Launches that a level is not for ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Pipelines/Lowering.h"

#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace rdattn;

static TargetKind targetOf(LaunchOp launch) {
  return isa<CPUScheduleAttr>(launch.getSchedule()) ? TargetKind::CPU
                                                    : TargetKind::CUDA;
}

namespace {
/// A part of the pipelines that is no pass of its own on the command line.
struct CheckLevel : PassWrapper<CheckLevel, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CheckLevel)

  explicit CheckLevel(Level level) : level(level) {}

  void runOnOperation() override {
    getOperation()->walk([&](LaunchOp launch) {
      TargetKind target = targetOf(launch);
      if (hasLevel(target, level))
        return;
      launch.emitOpError() << "has a schedule for target " << nameOf(target)
                           << ", which has no level '" << nameOf(level)
                           << "'; its levels are " << levelNames(target);
      signalPassFailure();
    });
  }

  Level level;
};
} // namespace

void rdattn::addCheckLevel(OpPassManager &manager, Level level) {
  manager.addPass(std::make_unique<CheckLevel>(level));
}
