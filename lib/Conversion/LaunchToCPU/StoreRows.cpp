//===- StoreRows.cpp - Writing the rows of an item ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

static constexpr double kLn2 = 0.6931471805599453;

static Value exp(Emitter &b, Value x) { return math::ExpOp::create(b, x); }
static Value log(Emitter &b, Value x) { return math::LogOp::create(b, x); }

static Value isLowest(Emitter &b, Value lse) {
  Value lowest = b.f32(-std::numeric_limits<double>::infinity());
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, lse, lowest);
}

/// S9 for one row: the weights of what is there and of what comes, and the
/// merged lse. Where both are empty, the weights are 0.
static std::tuple<Value, Value, Value> mergeWeights(Emitter &b, Value there,
                                                    Value coming) {
  Value larger = b.maxf(there, coming);
  Value empty = isLowest(b, larger);
  Value shift = b.select(empty, b.f32(0), larger);
  Value sum = b.addf(exp(b, b.subf(there, shift)), exp(b, b.subf(coming, shift)));
  Value lse = b.addf(shift, log(b, sum));
  Value safe = b.select(empty, b.f32(0), lse);
  Value first = exp(b, b.subf(there, safe));
  Value second = exp(b, b.subf(coming, safe));
  return {first, second, b.select(empty, larger, lse)};
}

static void mergeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                     Value batch, Value token, Value head, Value lse,
                     function_ref<Value(Value)> value) {
  SmallVector<Value> at{batch, head, token};
  auto [first, second, merged] =
      mergeWeights(b, b.load(partials.lse, at), lse);
  b.store(merged, partials.lse, at);
  b.loop(b.index(0), b.index(kernel.valueDim), 1,
         [&, first = first, second = second](Value column) {
           SmallVector<Value> position{batch, token, head, column};
           Value there = b.mulf(b.load(partials.o, position), first);
           Value sum = b.fma(value(column), second, there);
           b.store(sum, partials.o, position);
         });
}

void cpu::writeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                   Value batch, Value token, Value head, Value lse,
                   function_ref<Value(Value)> value) {
  if (kernel.merges())
    return mergeRow(b, kernel, partials, batch, token, head, lse, value);
  Value o = kernel.o;
  Type element = cast<MemRefType>(o.getType()).getElementType();
  b.loop(b.index(0), b.index(kernel.valueDim), 1, [&](Value column) {
    b.store(truncate(b, value(column), element), o, {batch, token, head, column});
  });
  if (kernel.lse)
    b.store(lse, kernel.lse, {batch, head, token});
}

void cpu::storeRows(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                    const Item &item, const Partials &partials) {
  Value width = b.index(kernel.width);
  b.loop(b.index(0), item.count, 1, [&](Value row) {
    Value block = b.div(row, width), lane = b.rem(row, width);
    Value token = b.toIndex(b.load(scratch.queryTokens, {block, lane}));
    Value sum = b.load(scratch.sums, {block, lane});
    Value maximum = b.load(scratch.maxima, {block, lane});
    // The maximum is in log2: the scale brought log2(e) along.
    Value lse = b.fma(maximum, b.f32(kLn2), log(b, sum));
    Value empty =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, b.f32(0));
    Value inverse = b.select(empty, b.f32(0), b.divf(b.f32(1), sum));
    writeRow(b, kernel, partials, item.batch, token, item.head, lse,
             [&](Value column) {
               Value o = b.load(scratch.outputs, {block, column, lane});
               return b.mulf(o, inverse);
             });
  });
}

void cpu::computeIsolated(Emitter &b, const Kernel &kernel, const Item &item,
                          const Partials &partials) {
  b.loop(item.row, b.add(item.row, item.count), 1, [&](Value row) {
    Value token = tokenOf(b, kernel, item, row);
    auto product = [&](Value column, ValueRange carried) {
      Value q = b.load(kernel.q, {item.batch, token, item.head, column});
      Value k = b.load(kernel.k, {item.batch, token, item.kvHead, column});
      return SmallVector<Value>{b.fma(extend(b, q), extend(b, k), carried[0])};
    };
    Value dot = b.loop(b.index(0), b.index(kernel.headDim), 1, b.f32(0), product)[0];
    Value lse = b.mulf(dot, kernel.scale);
    writeRow(b, kernel, partials, item.batch, token, item.head, lse,
             [&](Value column) {
               return extend(b, b.load(kernel.v, {item.batch, token,
                                                       item.kvHead, column}));
             });
  });
}
