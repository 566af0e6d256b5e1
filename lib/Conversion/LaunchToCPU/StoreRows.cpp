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
  Value sum =
      b.addf(exp(b, b.subf(there, shift)), exp(b, b.subf(coming, shift)));
  Value lse = b.addf(shift, log(b, sum));
  Value safe = b.select(empty, b.f32(0), lse);
  Value first = exp(b, b.subf(there, safe));
  Value second = exp(b, b.subf(coming, safe));
  return {first, second, b.select(empty, larger, lse)};
}

static void mergeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                     Value batch, Value token, Value head, Value lse,
                     function_ref<Value(Value, VectorType)> value) {
  SmallVector<Value> at{batch, head, token};
  auto [first, second, merged] = mergeWeights(b, b.load(partials.lse, at), lse);
  b.store(merged, partials.lse, at);
  int64_t lanes = kernel.schedule.getLanes();
  b.columns(kernel.valueDim, lanes,
            [&, first = first, second = second](Value column, VectorType part) {
              auto weight = [&](Value scalar) {
                return part ? b.broadcast(part, scalar) : scalar;
              };
              SmallVector<Value> position{batch, token, head, column};
              Value there = b.loadPart(part, partials.o, position);
              there = b.mulf(there, weight(first));
              Value sum = b.fma(value(column, part), weight(second), there);
              b.storePart(sum, partials.o, position);
            });
}

void cpu::writeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                   Value batch, Value token, Value head, Value lse,
                   function_ref<Value(Value, VectorType)> value) {
  if (kernel.merges())
    return mergeRow(b, kernel, partials, batch, token, head, lse, value);
  Value o = kernel.o;
  Type element = cast<MemRefType>(o.getType()).getElementType();
  int64_t lanes = kernel.schedule.getLanes();
  b.columns(kernel.valueDim, lanes, [&](Value column, VectorType part) {
    b.storePart(truncate(b, value(column, part), element), o,
                {batch, token, head, column});
  });
  if (kernel.lse)
    b.store(lse, kernel.lse, {batch, head, token});
}

/// Normalises and writes one row of a staged square.
static void storeRow(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                     const Item &item, const Partials &partials, Value block,
                     Value lane, Value stage) {
  Value token = b.toIndex(b.load(scratch.queryTokens, {block, lane}));
  Value sum = b.load(scratch.sums, {block, lane});
  Value maximum = b.load(scratch.maxima, {block, lane});
  // The maximum is in log2: the scale brought log2(e) along.
  Value lse = b.fma(maximum, b.f32(kLn2), log(b, sum));
  Value empty =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, b.f32(0));
  Value inverse = b.select(empty, b.f32(0), b.divf(b.f32(1), sum));
  writeRow(b, kernel, partials, item.batch, token, item.head, lse,
           [&](Value column, VectorType part) {
             Value o = b.loadPart(part, scratch.rows, {stage, column});
             return b.mulf(o, part ? b.broadcast(part, inverse) : inverse);
           });
}

void cpu::storeRows(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                    const Item &item, const Partials &partials) {
  int64_t lanes = kernel.schedule.getLanes();
  Value width = b.index(kernel.width);
  b.loop(b.index(0), item.count, lanes, [&](Value row) {
    Value block = b.div(row, width), lane = b.rem(row, width);
    lanesToRows(b, kernel, scratch.outputs, scratch.rows, block, lane,
                kernel.valueDim);
    Value rows = b.min(b.index(lanes), b.sub(item.count, row));
    b.loop(b.index(0), rows, 1, [&](Value stage) {
      storeRow(b, kernel, scratch, item, partials, block, b.add(lane, stage),
               stage);
    });
  });
}

/// q . k of one token.
static Value dotProduct(Emitter &b, const Kernel &kernel, const Item &item,
                        Value token) {
  auto part = [&](VectorType lanes, Value source, Value head, Value column) {
    return extend(b,
                  b.loadPart(lanes, source, {item.batch, token, head, column}));
  };
  auto product = [&](VectorType lanes) {
    return [&, lanes](Value column, ValueRange carried) {
      Value q = part(lanes, kernel.q, item.head, column);
      Value k = part(lanes, kernel.k, item.kvHead, column);
      return SmallVector<Value>{b.fma(q, k, carried[0])};
    };
  };
  int64_t lanes = kernel.schedule.getLanes();
  auto vector = VectorType::get({lanes}, b.getF32Type());
  Value whole = b.index(kernel.headDim - kernel.headDim % lanes);
  Value sums =
      b.loop(b.index(0), whole, lanes, b.splat(vector, 0), product(vector))[0];
  Value sum = vector::ReductionOp::create(b, vector::CombiningKind::ADD, sums);
  return b.loop(whole, b.index(kernel.headDim), 1, sum, product({}))[0];
}

void cpu::computeIsolated(Emitter &b, const Kernel &kernel, const Item &item,
                          const Partials &partials) {
  b.loop(item.row, b.add(item.row, item.count), 1, [&](Value row) {
    Value token = tokenOf(b, kernel, item, row);
    Value lse = b.mulf(dotProduct(b, kernel, item, token), kernel.scale);
    writeRow(b, kernel, partials, item.batch, token, item.head, lse,
             [&](Value column, VectorType part) {
               SmallVector<Value> at{item.batch, token, item.kvHead, column};
               return extend(b, b.loadPart(part, kernel.v, at));
             });
  });
}
