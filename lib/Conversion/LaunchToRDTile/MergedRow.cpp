//===- MergedRow.cpp - One row of several branches ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/MergedRow.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Branches whose rows are read before any is used.
static constexpr int64_t kBranchesAtOnce = 4;

MergedRow::MergedRow(I32Builder &b, Value partials, Value statistics,
                     Value column, int64_t width)
    : b(b), partials(partials), statistics(statistics), column(column),
      branches(b.dim(partials, 0)),
      stored(VectorType::get(
          width, cast<MemRefType>(partials.getType()).getElementType())),
      sums(VectorType::get(width, b.getF32Type())) {}

/// Past the last branch, of a row that saw nothing.
MergedRow::Part MergedRow::statisticsOf(Value branch) {
  Value exists = b.less(branch, branches);
  Value existing = b.select(exists, branch, b.i32(0));
  Value shift = b.load(statistics, {b.i32(0), existing});
  Value sum = b.load(statistics, {b.i32(1), existing});
  shift = b.select(exists, shift, b.f32(-kInfinity));
  return {branch, shift, sum, b.equalf(shift, b.f32(-kInfinity)), Value()};
}

/// What no query of a branch computed may be anything. In its place the row of
/// `computed` is read, which is at hand, and not used: without a branch in the
/// code all reads are under way at once.
Value MergedRow::outputsOf(const Part &part, Value computed) {
  Value branch = b.select(part.isEmpty, computed, part.branch);
  Value at[] = {b.toIndex(branch), b.toIndex(column)};
  const int64_t bits =
      stored.getNumElements() * stored.getElementTypeBitWidth();
  return vector::LoadOp::create(b, stored, partials, at, /*nontemporal=*/false,
                                llvm::MaybeAlign(bits / 8));
}

static Value exp2(I32Builder &b, Value x) { return math::Exp2Op::create(b, x); }

/// S9, counted from the highest exponent so far: `carried` is that, the sum and
/// the outputs times it. One of the parts at least is not empty.
MergedRow::Values MergedRow::addParts(ArrayRef<Part> parts,
                                      ValueRange carried) {
  auto splat = [&](Value x) -> Value {
    return vector::BroadcastOp::create(b, sums, x);
  };
  Value shift = carried[0];
  for (const Part &part : parts)
    shift = arith::MaxNumFOp::create(b, shift, part.shift);
  Value rescale = exp2(b, b.subf(carried[0], shift));
  Value sum = b.mulf(carried[1], rescale);
  Value outputs = b.mulf(carried[2], splat(rescale));
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(sums));
  for (const Part &part : parts) {
    Value weight = b.mulf(exp2(b, b.subf(part.shift, shift)), part.sum);
    Value o = part.o;
    if (stored != sums)
      o = arith::ExtFOp::create(b, sums, o);
    o = b.select(part.isEmpty, none, o);
    sum = b.addf(sum, weight);
    outputs = math::FmaOp::create(b, o, splat(weight), outputs);
  }
  return {shift, sum, outputs};
}

/// Adds the branches from `first` on to what is carried.
MergedRow::Values MergedRow::addBranches(Value first, ValueRange carried) {
  SmallVector<Part> parts;
  Value computed = b.i32(-1);
  for (int64_t i = 0; i < kBranchesAtOnce; ++i) {
    Part part = statisticsOf(b.add(first, i));
    computed = b.select(part.isEmpty, computed, part.branch);
    parts.push_back(part);
  }
  auto add = [&] {
    for (Part &part : parts)
      part.o = outputsOf(part, computed);
    return addParts(parts, carried);
  };
  return b.choose(
      b.less(computed, b.i32(0)), [&] { return Values(carried); }, add);
}

/// One pass over the branches, in their order.
MergedRow::Sums MergedRow::merge() {
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(sums));
  auto add = [&](Value first, ValueRange carried) {
    return addBranches(first, carried);
  };
  Values merged = b.loop(b.i32(0), branches, kBranchesAtOnce,
                         {b.f32(-kInfinity), b.f32(0), zero}, add);
  Value shift = merged[0], sum = merged[1];
  Value isEmpty = b.equalf(shift, b.f32(-kInfinity));
  Value inverse = b.select(isEmpty, b.f32(0), b.divf(b.f32(1), sum));
  inverse = vector::BroadcastOp::create(b, sums, inverse);
  return {shift, sum, b.mulf(merged[2], inverse)};
}

void MergedRow::reset(Value lane, int64_t lanes) {
  b.loop(lane, branches, lanes, [&](Value branch) {
    const double empty[] = {-kInfinity, 0};
    for (int64_t which : {0, 1})
      b.store(b.f32(empty[which]), statistics, {b.i32(which), branch});
  });
}
