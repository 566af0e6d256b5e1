//===- CheckDeviceFunctions.cpp - No host access to device memory ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Transforms/DeviceLaunch.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace rdattn {
#define GEN_PASS_DEF_CHECKDEVICEFUNCTIONS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// What the runtime does where the tensors are.
static bool isOfRing(Operation *op) {
  return isa<RingPlanOp, RingRankOp, RingPartialOp, RingPostOp, RingWaitOp,
             RingFinishOp>(op);
}

/// Constants are where tables are, in the host's memory.
static bool readsConstant(Operation *op) {
  auto load = dyn_cast<memref::LoadOp>(op);
  return load && load.getMemRef().getDefiningOp<memref::GetGlobalOp>();
}

/// What reads or writes memory by itself.
static bool touchesMemory(Operation *op) {
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return effects && !effects.hasNoEffect();
}

static LogicalResult check(Operation *op) {
  if (isOfRing(op) || readsConstant(op))
    return success();
  if (isa<LaunchOp, RingLaunchOp>(op))
    return isDeviceLaunch(op)
               ? success()
               : op->emitOpError(
                     "has a CPU schedule, and another launch of its function a "
                     "GPU schedule: they would share tensors; put them into "
                     "two functions");
  if (isa<memref::AllocOp>(op))
    return emitError(op->getLoc(),
                     "a CUDA function can hold one attention so far, since a "
                     "buffer behind it would be in the host's memory; call one "
                     "function for each");
  if (touchesMemory(op))
    return op->emitOpError("runs on the host, and the tensors of a CUDA "
                           "function are on the device");
  return success();
}

namespace {
struct CheckDeviceFunctions
    : rdattn::impl::CheckDeviceFunctionsBase<CheckDeviceFunctions> {
  void runOnOperation() override {
    WalkResult found = getOperation().walk([](Operation *op) {
      return isDeviceLaunch(op) ? WalkResult::interrupt()
                                : WalkResult::advance();
    });
    if (!found.wasInterrupted())
      return;
    WalkResult result = getOperation().walk([](Operation *op) {
      return succeeded(check(op)) ? WalkResult::advance()
                                  : WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
