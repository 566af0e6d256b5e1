//===- LaunchToCPU.cpp - Launches become parallel loops over their items --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/LaunchToCPU/Kernel.h"
#include "lib/Conversion/LaunchToCPU/RuntimeCalls.h"
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

/// Runs `body` in every thread of a team.
static void parallel(Emitter &b, function_ref<void()> body) {
  auto region = omp::ParallelOp::create(b);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&region.getRegion());
  body();
  omp::TerminatorOp::create(b);
}

/// Shares [begin, end) among the team, one at a time: items differ in length.
/// All threads wait for each other at the end.
static void sharedLoop(Emitter &b, Value begin, Value end,
                       function_ref<void(Value)> body) {
  omp::WsloopOperands wrapper;
  wrapper.scheduleKind = omp::ClauseScheduleKindAttr::get(
      b.getContext(), omp::ClauseScheduleKind::Dynamic);
  auto loop = omp::WsloopOp::create(b, wrapper);
  OpBuilder::InsertionGuard guard(b);
  omp::LoopNestOperands bounds;
  bounds.loopLowerBounds = {begin};
  bounds.loopUpperBounds = {end};
  bounds.loopSteps = {b.index(1)};
  bounds.loopSteps[0].getDefiningOp()->moveBefore(loop);
  b.createBlock(&loop.getRegion());
  auto nest = omp::LoopNestOp::create(b, bounds);
  Block *block =
      b.createBlock(&nest.getRegion(), {}, b.getIndexType(), b.getLoc());
  body(block->getArgument(0));
  omp::YieldOp::create(b, ValueRange());
}

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
  void clearRows();
  void computeItems(const Scratch &scratch, Value ready);
  void finishRows();
  void
  forEachRow(function_ref<void(Value batch, Value token, Value head)> body);

  LaunchOp launch;
  Emitter b;
  Kernel kernel;
  RuntimeCalls runtime;
  Value call;
  Value havePartials;
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

void LaunchLowering::forEachRow(function_ref<void(Value, Value, Value)> body) {
  Value batch = b.dim(kernel.o, 0), tokens = b.dim(kernel.o, 1);
  Value heads = b.dim(kernel.o, 2);
  sharedLoop(b, b.index(0), b.mul(batch, tokens), [&](Value index) {
    b.when(havePartials, [&] {
      Value row = b.div(index, tokens), token = b.rem(index, tokens);
      b.loop(b.index(0), heads, 1, [&](Value head) { body(row, token, head); });
    });
  });
}

/// S5: what no branch computes is empty: o = 0, lse = -inf.
void LaunchLowering::clearRows() {
  Value o = kernel.merges() ? partials.o : kernel.o;
  Value lse = kernel.merges() ? partials.maxima : kernel.lse;
  Type element = cast<MemRefType>(o.getType()).getElementType();
  Value zero = arith::ConstantOp::create(b, b.getFloatAttr(element, 0));
  Value lowest = b.f32(-std::numeric_limits<double>::infinity());
  forEachRow([&](Value batch, Value token, Value head) {
    b.loop(b.index(0), b.index(kernel.valueDim), 1, [&](Value column) {
      b.store(zero, o, {batch, token, head, column});
    });
    if (lse)
      b.store(lowest, lse, {batch, head, token});
    if (kernel.merges())
      b.store(b.f32(0), partials.sums, {batch, head, token});
  });
}

/// One branch after the other: a row of a later branch merges into what the
/// earlier left.
void LaunchLowering::computeItems(const Scratch &scratch, Value ready) {
  Value phases = kernel.phases;
  Value last = b.sub(b.dim(phases, 0), b.index(1));
  b.loop(b.index(0), last, 1, [&](Value phase) {
    Value begin = b.toIndex(b.load(phases, {phase}));
    Value end = b.toIndex(b.load(phases, {b.add(phase, b.index(1))}));
    sharedLoop(b, begin, end, [&](Value item) {
      Value stop = runtime.shouldStop(call);
      Value go = arith::XOrIOp::create(b, stop, b.i1(true));
      b.when(b.both(ready, go),
             [&] { computeItem(b, kernel, scratch, partials, item); });
    });
  });
}

/// Partials become results in the output's type.
void LaunchLowering::finishRows() {
  Type element = cast<MemRefType>(kernel.o.getType()).getElementType();
  forEachRow([&](Value batch, Value token, Value head) {
    SmallVector<Value> row{batch, head, token};
    auto [lse, inverse] =
        finish(b, {b.load(partials.maxima, row), b.load(partials.sums, row)});
    b.loop(b.index(0), b.index(kernel.valueDim), 1,
           [&, inverse = inverse](Value column) {
             SmallVector<Value> at{batch, token, head, column};
             Value o = b.mulf(b.load(partials.o, at), inverse);
             b.store(truncate(b, o, element), kernel.o, at);
           });
    if (kernel.lse)
      b.store(lse, kernel.lse, row);
  });
}

void LaunchLowering::lower() {
  call = currentCall(b);
  allocatePartials();
  parallel(b, [&] {
    auto [memory, haveScratch] = runtime.scratch(call, scratchBytes(kernel));
    Scratch scratch = carveScratch(b, kernel, memory);
    if (kernel.epilogue != Epilogue::Store)
      clearRows();
    computeItems(scratch, b.both(haveScratch, havePartials));
    if (kernel.merges())
      finishRows();
  });
  launch.erase();
}

namespace {
struct ConvertLaunchToCPU
    : rdattn::impl::ConvertLaunchToCPUBase<ConvertLaunchToCPU> {
  void runOnOperation() override {
    SmallVector<LaunchOp> launches;
    getOperation()->walk([&](LaunchOp op) { launches.push_back(op); });
    for (LaunchOp launch : launches) {
      if (!isa<CPUScheduleAttr>(launch.getSchedule()))
        continue;
      if (!launch.hasBufferSemantics()) {
        launch.emitOpError("must be on memrefs to become CPU code; bufferise "
                           "it first");
        return signalPassFailure();
      }
      if (failed(checkScratch(launch)))
        return signalPassFailure();
      LaunchLowering(launch).lower();
    }
  }
};
} // namespace
