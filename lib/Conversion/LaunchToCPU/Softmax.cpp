//===- Softmax.cpp - The online softmax and the product with the values ---===//
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

Value cpu::log2Scale(Emitter &b, const Kernel &kernel) {
  constexpr double kLog2e = 1.4426950408889634;
  Value magnitude = math::AbsFOp::create(b, kernel.scale);
  Value scale = b.mulf(magnitude, b.f32(kLog2e));
  auto limit = [&](const llvm::APFloat &value) {
    return b.f32(value.convertToDouble());
  };
  const auto &f32 = llvm::APFloat::IEEEsingle();
  scale = b.maxf(scale, limit(llvm::APFloat::getSmallestNormalized(f32)));
  Value largest = limit(llvm::APFloat::getLargest(f32));
  Value tooLarge =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, scale, largest);
  return b.select(tooLarge, largest, scale);
}

/// exp2(product * scale - shift): one rounding, of the difference.
static Value weightOf(Emitter &b, Value product, Value scale, Value shift) {
  return exp2(b, b.fma(product, scale, arith::NegFOp::create(b, shift)));
}

Value cpu::softmaxBlock(Emitter &b, const Kernel &kernel,
                        const Scratch &scratch, Value block, Value count,
                        Value maxima) {
  SmallVector<Value> at{block, b.index(0)};
  Value scale = b.broadcast(kernel.block, log2Scale(b, kernel));
  // A query that saw nothing yet has maximum -inf: subtracting it makes NaN.
  Value lowest =
      b.splat(kernel.block, -std::numeric_limits<double>::infinity());
  Value empty =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, maxima, lowest);
  Value shift =
      b.select(empty, b.splat(kernel.block, 0), b.mulf(maxima, scale));
  // The earlier shift is rounded as it was when it was subtracted.
  Value previous =
      b.mulf(b.loadVector(kernel.block, scratch.maxima, at), scale);
  Value rescale = exp2(b, b.subf(previous, shift));
  Value sums = b.mulf(b.loadVector(kernel.block, scratch.sums, at), rescale);

  auto step = [&](Value key, ValueRange carried) {
    SmallVector<Value> position{key, b.index(0)};
    Value product = b.loadVector(kernel.block, scratch.scores, position);
    Value weight = weightOf(b, product, scale, shift);
    b.storeVector(weight, scratch.scores, position);
    return SmallVector<Value>{b.addf(carried[0], weight)};
  };
  sums = b.loop(b.index(0), count, 1, sums, step)[0];
  b.storeVector(sums, scratch.sums, at);
  b.storeVector(maxima, scratch.maxima, at);
  return rescale;
}

/// The register block: `columns` of v by one block of queries.
static void accumulateColumns(Emitter &b, const Kernel &kernel,
                              const Scratch &scratch, Value block, Value count,
                              Value rescale, Value column, int64_t columns) {
  auto position = [&](int64_t i) {
    return SmallVector<Value>{block, b.add(column, b.index(i)), b.index(0)};
  };
  SmallVector<Value> sums;
  for (int64_t i = 0; i < columns; ++i) {
    Value sum = b.loadVector(kernel.block, scratch.outputs, position(i));
    sums.push_back(b.mulf(sum, rescale));
  }
  auto step = [&](Value key, ValueRange carried) {
    Value weights =
        b.loadVector(kernel.block, scratch.scores, {key, b.index(0)});
    SmallVector<Value> next;
    for (auto [i, sum] : llvm::enumerate(carried)) {
      Value element = b.load(scratch.values, {key, b.add(column, b.index(i))});
      next.push_back(b.fma(b.broadcast(kernel.block, element), weights, sum));
    }
    return next;
  };
  sums = b.loop(b.index(0), count, 1, sums, step);
  for (auto [i, sum] : llvm::enumerate(sums))
    b.storeVector(sum, scratch.outputs, position(i));
}

void cpu::accumulateBlock(Emitter &b, const Kernel &kernel,
                          const Scratch &scratch, Value block, Value count,
                          Value rescale) {
  int64_t columns = kernel.schedule.getRows();
  int64_t rest = kernel.valueDim % columns;
  Value whole = b.index(kernel.valueDim - rest);
  b.loop(b.index(0), whole, columns, [&](Value column) {
    accumulateColumns(b, kernel, scratch, block, count, rescale, column,
                      columns);
  });
  if (rest)
    accumulateColumns(b, kernel, scratch, block, count, rescale, whole, rest);
}
