//===- Observe.cpp - IR on its way down -----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Pipelines/Lowering.h"

#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace rdattn;

using See = std::function<LogicalResult(ModuleOp)>;

namespace {
/// A part of the pipelines that is no pass of its own on the command line.
struct Observe : PassWrapper<Observe, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Observe)

  explicit Observe(See see) : see(std::move(see)) {}

  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (failed(see(getOperation())))
      signalPassFailure();
  }

  See see;
};
} // namespace

void rdattn::addObserver(OpPassManager &manager, See see) {
  manager.addPass(std::make_unique<Observe>(std::move(see)));
}
