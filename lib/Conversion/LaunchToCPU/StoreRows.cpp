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

static Value exp2(Emitter &b, Value x) { return math::Exp2Op::create(b, x); }

static Value isLowest(Emitter &b, Value maximum) {
  Value lowest = b.f32(-std::numeric_limits<double>::infinity());
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, maximum, lowest);
}

std::pair<Value, Value> cpu::finish(Emitter &b, const RowSoftmax &row) {
  constexpr double kLn2 = 0.6931471805599453;
  Value logarithm = math::LogOp::create(b, row.sum);
  Value lse = b.fma(row.maximum, b.f32(kLn2), logarithm);
  Value empty =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, row.sum, b.f32(0));
  Value inverse = b.select(empty, b.f32(0), b.divf(b.f32(1), row.sum));
  return {lse, inverse};
}

/// Adds one row's softmax to the partial's: S9 before the division. Returns
/// what the partial's o and the row's are multiplied with; 0 where both are
/// empty.
static std::pair<Value, Value> mergeSoftmax(Emitter &b,
                                            const Partials &partials,
                                            ValueRange at,
                                            const RowSoftmax &row) {
  Value there = b.load(partials.maxima, at);
  Value larger = b.maxf(there, row.maximum);
  Value shift = b.select(isLowest(b, larger), b.f32(0), larger);
  Value first = exp2(b, b.subf(there, shift));
  Value second = exp2(b, b.subf(row.maximum, shift));
  Value earlier = b.mulf(b.load(partials.sums, at), first);
  b.store(b.fma(row.sum, second, earlier), partials.sums, at);
  b.store(larger, partials.maxima, at);
  return {first, second};
}

static void mergeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                     Value batch, Value token, Value head,
                     const RowSoftmax &row,
                     function_ref<Value(Value, VectorType)> value) {
  auto weights = mergeSoftmax(b, partials, {batch, head, token}, row);
  b.columns(kernel.valueDim, kernel.schedule.getLanes(),
            [&](Value column, VectorType part) {
              auto weight = [&](Value scalar) {
                return part ? b.broadcast(part, scalar) : scalar;
              };
              SmallVector<Value> position{batch, token, head, column};
              Value there = b.loadPart(part, partials.o, position);
              there = b.mulf(there, weight(weights.first));
              Value sum =
                  b.fma(value(column, part), weight(weights.second), there);
              b.storePart(sum, partials.o, position);
            });
}

void cpu::writeRow(Emitter &b, const Kernel &kernel, const Partials &partials,
                   Value batch, Value token, Value head, const RowSoftmax &row,
                   function_ref<Value(Value, VectorType)> value) {
  if (kernel.merges())
    return mergeRow(b, kernel, partials, batch, token, head, row, value);
  Type element = cast<MemRefType>(kernel.o.getType()).getElementType();
  std::pair<Value, Value> finished = finish(b, row);
  b.columns(kernel.valueDim, kernel.schedule.getLanes(),
            [&](Value column, VectorType part) {
              Value inverse = finished.second;
              if (part)
                inverse = b.broadcast(part, inverse);
              Value o = b.mulf(value(column, part), inverse);
              b.storePart(truncate(b, o, element), kernel.o,
                          {batch, token, head, column});
            });
  if (kernel.lse)
    b.store(finished.first, kernel.lse, {batch, head, token});
}

/// Writes one row of a staged square.
static void storeRow(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                     const Item &item, const Partials &partials, Value block,
                     Value lane, Value stage) {
  Value token = b.toIndex(b.load(scratch.queryTokens, {block, lane}));
  Value product = b.load(scratch.maxima, {block, lane});
  RowSoftmax row{b.mulf(product, log2Scale(b, kernel)),
                 b.load(scratch.sums, {block, lane})};
  writeRow(b, kernel, partials, item.batch, token, item.head, row,
           [&](Value column, VectorType part) {
             return b.loadPart(part, scratch.rows, {stage, column});
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
    Value token = tokenOf(b, kernel, item.queries, row);
    Value product = dotProduct(b, kernel, item, token);
    Value negative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                           kernel.scale, b.f32(0));
    product = b.select(negative, arith::NegFOp::create(b, product), product);
    RowSoftmax alone{b.mulf(product, log2Scale(b, kernel)), b.f32(1)};
    writeRow(b, kernel, partials, item.batch, token, item.head, alone,
             [&](Value column, VectorType part) {
               SmallVector<Value> at{item.batch, token, item.kvHead, column};
               return extend(b, b.loadPart(part, kernel.v, at));
             });
  });
}
