//===- LaunchToCPU.cpp - Launches become parallel loops over their items --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/LaunchToCPU/Team.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTLAUNCHTOCPU
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

namespace {
/// Emits the host's side of one launch: the team, its buffers and its loops.
class LaunchLowering {
public:
  explicit LaunchLowering(LaunchOp launch)
      : launch(launch), b(launch.getLoc(), launch), kernel(launch), runtime(b) {
  }

  void lower();

private:
  void allocatePartials();
  void clear();

  LaunchOp launch;
  Emitter b;
  Kernel kernel;
  RuntimeCalls runtime;
  Value call;
  Value havePartials; ///< true where the kernel has none
  Partials partials;
};
} // namespace

void LaunchLowering::allocatePartials() {
  havePartials = b.i1(true);
  if (!kernel.merges())
    return;
  Value batch = b.dim(kernel.o, 0), tokens = b.dim(kernel.o, 1);
  Value heads = b.dim(kernel.o, 2), columns = b.index(kernel.valueDim);
  auto [o, haveO] =
      runtime.sharedScratch(call, {batch, tokens, heads, columns});
  auto [maxima, haveMaxima] =
      runtime.sharedScratch(call, {batch, heads, tokens});
  auto [sums, haveSums] = runtime.sharedScratch(call, {batch, heads, tokens});
  partials = {o, maxima, sums};
  havePartials = b.both(haveO, b.both(haveMaxima, haveSums));
}

void LaunchLowering::clear() {
  if (kernel.merges())
    return clearPartials(b, partials, havePartials);
  clearRows(b, kernel.o, kernel.lse, havePartials);
}

void LaunchLowering::lower() {
  call = currentCall(b);
  allocatePartials();
  parallel(b, [&] {
    if (kernel.epilogue != Epilogue::Store)
      clear();
    computeItems(b, runtime, kernel, call, partials, havePartials);
    if (kernel.merges())
      finishRows(b, partials, kernel.o, kernel.lse, havePartials);
  });
  launch.erase();
}

static LogicalResult needsMemrefs(Operation *op) {
  return op->emitOpError("must be on memrefs to become CPU code; bufferise "
                         "it first");
}

static LogicalResult lower(LaunchOp launch) {
  if (!isa<CPUScheduleAttr>(launch.getSchedule()))
    return success();
  if (!launch.hasBufferSemantics())
    return needsMemrefs(launch);
  if (failed(checkScratch(launch, Kernel(launch))))
    return failure();
  LaunchLowering(launch).lower();
  return success();
}

static LogicalResult lower(RingLaunchOp launch) {
  if (!isa<CPUScheduleAttr>(launch.getSchedule()))
    return success();
  if (launch->getNumResults() > 0)
    return needsMemrefs(launch);
  if (failed(checkScratch(launch, Kernel(launch))))
    return failure();
  lowerRingLaunch(launch);
  return success();
}

/// Steps that are left, as they are for a GPU, are finished there.
static bool isForGPU(RingFinishOp finish) {
  return llvm::any_of(finish.getPartial().front().getUsers(),
                      llvm::IsaPred<RingLaunchOp>);
}

static LogicalResult lower(RingFinishOp finish) {
  if (finish->getNumResults() > 0)
    return needsMemrefs(finish);
  if (isForGPU(finish))
    return success();
  lowerRingFinish(finish);
  return success();
}

namespace {
struct ConvertLaunchToCPU
    : rdattn::impl::ConvertLaunchToCPUBase<ConvertLaunchToCPU> {
  void runOnOperation() override {
    shareRingLaunches(getOperation());
    if (failed(lowerAll<LaunchOp>()) || failed(lowerAll<RingLaunchOp>()) ||
        failed(lowerAll<RingFinishOp>()))
      signalPassFailure();
  }

private:
  template <typename Op> LogicalResult lowerAll() {
    SmallVector<Op> ops;
    getOperation()->walk([&](Op op) { ops.push_back(op); });
    for (Op op : ops)
      if (failed(lower(op)))
        return failure();
    return success();
  }
};
} // namespace
