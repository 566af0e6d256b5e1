//===- StoreRows.cpp - Writing the rows of an item ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/MergeRows.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

std::pair<Value, Value> cpu::finish(Emitter &b, const RowSoftmax &row) {
  constexpr double kLn2 = 0.6931471805599453;
  Value empty =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, row.sum, b.f32(0));
  Value lowest = b.f32(-std::numeric_limits<double>::infinity());
  Value logarithm = math::LogOp::create(b, row.sum);
  Value lse = b.fma(row.maximum, b.f32(kLn2), logarithm);
  Value inverse = b.divf(b.f32(1), row.sum);
  return {b.select(empty, lowest, lse), b.select(empty, b.f32(0), inverse)};
}

/// A row's results; `value` is not yet divided by the row's sum.
static void writeResults(Emitter &b, const Kernel &kernel, const Item &item,
                         Value token, const RowSoftmax &row, RowPart value) {
  Type element = cast<MemRefType>(kernel.o.getType()).getElementType();
  std::pair<Value, Value> finished = finish(b, row);
  b.columns(kernel.valueDim, kernel.schedule.getLanes(),
            [&](Value column, VectorType lanes) {
              Value inverse = finished.second;
              if (lanes)
                inverse = b.broadcast(lanes, inverse);
              Value o = b.mulf(value(column, lanes), inverse);
              b.storePart(truncate(b, o, element), kernel.o,
                          {item.batch, token, item.head, column});
            });
  if (kernel.lse)
    b.store(finished.first, kernel.lse, {item.batch, item.head, token});
}

/// The row's partial results or, where a ring adds nothing to them later, its
/// results, which a sum of -1 tells.
static void writeMerged(Emitter &b, const Kernel &kernel,
                        const Partials &partials, const Item &item, Value token,
                        const Merge &merge, RowPart value) {
  auto store = [&] {
    storeMerge(b, kernel, partials, item, token, merge, value);
  };
  if (!kernel.ring)
    return store();
  auto part = [&](Value column, VectorType lanes) {
    return mergedPart(b, partials, item, token, merge, value, column, lanes);
  };
  auto results = [&] {
    writeResults(b, kernel, item, token, merge.merged, part);
    b.store(b.f32(-1), partials.sums, {item.batch, item.head, token});
  };
  b.branch(b.equal(item.last, b.index(1)), results, store);
}

/// Writes one row of a staged square.
static void storeRow(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                     const Item &item, const Partials &partials, Value block,
                     Value lane, Value stage) {
  SmallVector<Value> at{block, b.add(lane, stage)};
  Value token = b.toIndex(b.load(scratch.queryTokens, at));
  auto value = [&](Value column, VectorType lanes) {
    return b.loadPart(lanes, scratch.rows, {stage, column});
  };
  if (kernel.merges())
    return writeMerged(b, kernel, partials, item, token,
                       loadMerge(b, scratch, stage), value);
  Value maximum = b.mulf(b.load(scratch.maxima, at), log2Scale(b, kernel));
  writeResults(b, kernel, item, token, {maximum, b.load(scratch.sums, at)},
               value);
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
    if (kernel.merges())
      mergeLanes(b, kernel, scratch, item, partials, block, lane, rows);
    b.loop(b.index(0), rows, 1, [&](Value stage) {
      storeRow(b, kernel, scratch, item, partials, block, lane, stage);
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
    auto value = [&](Value column, VectorType lanes) {
      SmallVector<Value> at{item.batch, token, item.kvHead, column};
      return extend(b, b.loadPart(lanes, kernel.v, at));
    };
    if (kernel.merges())
      storeMerge(b, kernel, partials, item, token,
                 mergeRow(b, partials, item, token, alone), value);
    else
      writeResults(b, kernel, item, token, alone, value);
  });
}
