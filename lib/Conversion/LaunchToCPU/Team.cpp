//===- Team.cpp - What a team of threads does together --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Team.h"

#include "mlir/Dialect/OpenMP/OpenMPDialect.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

void cpu::parallel(Emitter &b, function_ref<void()> body) {
  auto region = omp::ParallelOp::create(b);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&region.getRegion());
  body();
  omp::TerminatorOp::create(b);
}

/// Shares [begin, end) among the team. All threads wait for each other at the
/// end.
static void share(Emitter &b, Value begin, Value end,
                  omp::ClauseScheduleKind schedule,
                  function_ref<void(Value)> body) {
  omp::WsloopOperands wrapper;
  wrapper.scheduleKind =
      omp::ClauseScheduleKindAttr::get(b.getContext(), schedule);
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

/// One at a time: items differ in length.
void cpu::sharedLoop(Emitter &b, Value begin, Value end,
                     function_ref<void(Value)> body) {
  share(b, begin, end, omp::ClauseScheduleKind::Dynamic, body);
}

/// In equal parts: rows are alike, and so short that asking for each would cost
/// as much as they do.
void cpu::forEachRow(Emitter &b, Value o, Value ready, RowBody body) {
  Value batch = b.dim(o, 0), tokens = b.dim(o, 1), heads = b.dim(o, 2);
  auto rowsOfToken = [&](Value index) {
    Value row = b.div(index, tokens), token = b.rem(index, tokens);
    b.loop(b.index(0), heads, 1, [&](Value head) { body(row, token, head); });
  };
  share(b, b.index(0), b.mul(batch, tokens), omp::ClauseScheduleKind::Static,
        [&](Value index) { b.when(ready, [&] { rowsOfToken(index); }); });
}

static Type elementOf(Value memref) {
  return cast<MemRefType>(memref.getType()).getElementType();
}

void cpu::clearRows(Emitter &b, Value o, Value lse, Value ready) {
  Value zero = arith::ConstantOp::create(b, b.getFloatAttr(elementOf(o), 0));
  Value infinity = b.f32(-std::numeric_limits<double>::infinity());
  forEachRow(b, o, ready, [&](Value batch, Value token, Value head) {
    b.loop(b.index(0), b.dim(o, 3), 1, [&](Value column) {
      b.store(zero, o, {batch, token, head, column});
    });
    if (lse)
      b.store(infinity, lse, {batch, head, token});
  });
}

void cpu::clearPartials(Emitter &b, const Partials &partials, Value ready) {
  forEachRow(b, partials.o, ready, [&](Value batch, Value token, Value head) {
    b.store(b.f32(0), partials.sums, {batch, head, token});
  });
}

void cpu::computeItems(Emitter &b, RuntimeCalls &runtime, const Kernel &kernel,
                       Value call, const Partials &partials, Value ready) {
  auto [memory, haveScratch] = runtime.scratch(call, scratchBytes(kernel));
  Scratch scratch = carveScratch(b, kernel, memory);
  Value isReady = b.both(haveScratch, ready);
  Value last = b.sub(b.dim(kernel.phases, 0), b.index(1));
  b.loop(b.index(0), last, 1, [&](Value phase) {
    Value begin = b.toIndex(b.load(kernel.phases, {phase}));
    Value end = b.toIndex(b.load(kernel.phases, {b.add(phase, b.index(1))}));
    sharedLoop(b, begin, end, [&](Value item) {
      Value stop = runtime.shouldStop(call);
      Value go = arith::XOrIOp::create(b, stop, b.i1(true));
      b.when(b.both(isReady, go),
             [&] { computeItem(b, kernel, scratch, partials, item); });
    });
  });
}

/// Of a row that saw nothing o is anything: it is not multiplied with 0.
static void finishRow(Emitter &b, const Partials &partials, Value o, Value lse,
                      ValueRange row, Value sum) {
  Type element = elementOf(o);
  Value empty =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, b.f32(0));
  auto [logarithm, inverse] = finish(b, {b.load(partials.maxima, row), sum});
  b.loop(b.index(0), b.dim(o, 3), 1, [&, inverse = inverse](Value column) {
    SmallVector<Value> at{row[0], row[2], row[1], column};
    Value value = b.mulf(b.load(partials.o, at), inverse);
    value = b.select(empty, b.f32(0), value);
    b.store(truncate(b, value, element), o, at);
  });
  if (lse)
    b.store(logarithm, lse, row);
}

void cpu::finishRows(Emitter &b, const Partials &partials, Value o, Value lse,
                     Value ready) {
  forEachRow(b, o, ready, [&](Value batch, Value token, Value head) {
    SmallVector<Value> row{batch, head, token};
    Value sum = b.load(partials.sums, row);
    Value isLeft =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UGE, sum, b.f32(0));
    b.when(isLeft, [&] { finishRow(b, partials, o, lse, row, sum); });
  });
}
