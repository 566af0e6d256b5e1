//===- MergeRows.cpp - Rows of an item meet partial results ---------------===//
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

static Value exp2(Emitter &b, Value x) { return math::Exp2Op::create(b, x); }

/// A constant of the type of `like`.
static Value constant(Emitter &b, Value like, double value) {
  auto vector = dyn_cast<VectorType>(like.getType());
  return vector ? b.splat(vector, value) : b.f32(value);
}

static Value equalf(Emitter &b, Value x, double value) {
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, x,
                               constant(b, x, value));
}

/// Where the sum is 0 the maximum is anything.
static Merge mergeSoftmax(Emitter &b, const RowSoftmax &there,
                          const RowSoftmax &row) {
  constexpr double kLowest = -std::numeric_limits<double>::infinity();
  Value lowest = constant(b, row.sum, kLowest);
  Value maximum = b.select(equalf(b, there.sum, 0), lowest, there.maximum);
  Merge merge;
  merge.merged.maximum = b.maxf(maximum, row.maximum);
  Value shift = b.select(equalf(b, merge.merged.maximum, kLowest),
                         constant(b, row.sum, 0), merge.merged.maximum);
  merge.earlier = exp2(b, b.subf(maximum, shift));
  merge.later = exp2(b, b.subf(row.maximum, shift));
  merge.merged.sum =
      b.fma(row.sum, merge.later, b.mulf(there.sum, merge.earlier));
  return merge;
}

static RowSoftmax loadPartial(Emitter &b, const Partials &partials,
                              const Item &item, Value token) {
  SmallVector<Value> at{item.batch, item.head, token};
  return {b.load(partials.maxima, at), b.load(partials.sums, at)};
}

Merge cpu::mergeRow(Emitter &b, const Partials &partials, const Item &item,
                    Value token, const RowSoftmax &row) {
  return mergeSoftmax(b, loadPartial(b, partials, item, token), row);
}

namespace {
/// The rows of scratch.merges.
enum MergePart : int64_t { Earlier, Later, Maximum, Sum, NumParts };
} // namespace

static_assert(NumParts == kMergeParts);

/// A vector at once: a row's two powers alone would cost more than its columns.
void cpu::mergeLanes(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                     const Item &item, const Partials &partials, Value block,
                     Value lane, Value count) {
  auto vector = VectorType::get({kernel.schedule.getLanes()}, b.getF32Type());
  b.loop(b.index(0), count, 1, [&](Value stage) {
    Value token =
        b.toIndex(b.load(scratch.queryTokens, {block, b.add(lane, stage)}));
    RowSoftmax there = loadPartial(b, partials, item, token);
    b.store(there.maximum, scratch.merges, {b.index(Maximum), stage});
    b.store(there.sum, scratch.merges, {b.index(Sum), stage});
  });
  auto load = [&](Value memref, Value row, Value column) {
    return b.loadVector(vector, memref, {row, column});
  };
  Value scale = b.broadcast(vector, log2Scale(b, kernel));
  Value first = b.index(0);
  RowSoftmax there{load(scratch.merges, b.index(Maximum), first),
                   load(scratch.merges, b.index(Sum), first)};
  RowSoftmax rows{b.mulf(load(scratch.maxima, block, lane), scale),
                  load(scratch.sums, block, lane)};
  Merge merge = mergeSoftmax(b, there, rows);
  auto store = [&](Value values, MergePart part) {
    b.storeVector(values, scratch.merges, {b.index(part), first});
  };
  store(merge.earlier, Earlier);
  store(merge.later, Later);
  store(merge.merged.maximum, Maximum);
  store(merge.merged.sum, Sum);
}

Merge cpu::loadMerge(Emitter &b, const Scratch &scratch, Value stage) {
  auto load = [&](MergePart part) {
    return b.load(scratch.merges, {b.index(part), stage});
  };
  return {load(Earlier), load(Later), {load(Maximum), load(Sum)}};
}

/// Where nothing was seen yet the partial's o is not read: it is anything.
Value cpu::mergedPart(Emitter &b, const Partials &partials, const Item &item,
                      Value token, const Merge &merge, RowPart value,
                      Value column, VectorType lanes) {
  auto weight = [&](Value scalar) {
    return lanes ? b.broadcast(lanes, scalar) : scalar;
  };
  auto nothing = [&]() -> Value {
    return lanes ? b.splat(lanes, 0) : b.f32(0);
  };
  auto there = [&]() -> Value {
    SmallVector<Value> at{item.batch, token, item.head, column};
    return b.mulf(b.loadPart(lanes, partials.o, at), weight(merge.earlier));
  };
  return b.fma(value(column, lanes), weight(merge.later),
               b.choose(equalf(b, merge.earlier, 0), nothing, there));
}

void cpu::storeMerge(Emitter &b, const Kernel &kernel, const Partials &partials,
                     const Item &item, Value token, const Merge &merge,
                     RowPart value) {
  b.columns(
      kernel.valueDim, kernel.schedule.getLanes(),
      [&](Value column, VectorType lanes) {
        Value o =
            mergedPart(b, partials, item, token, merge, value, column, lanes);
        b.storePart(o, partials.o, {item.batch, token, item.head, column});
      });
  SmallVector<Value> at{item.batch, item.head, token};
  b.store(merge.merged.maximum, partials.maxima, at);
  b.store(merge.merged.sum, partials.sums, at);
}
