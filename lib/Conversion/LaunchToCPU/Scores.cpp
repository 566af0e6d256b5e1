//===- Scores.cpp - Scores of a block of queries against a tile of keys ---===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

namespace {
/// What has to be masked.
enum class Mask {
  None,
  Band, ///< in a step of a ring: what a band hides, and missing keys
  All
};

/// Emits one block's scores; the members are what every register block shares.
class ScoreEmitter {
public:
  ScoreEmitter(Emitter &b, const Kernel &kernel, const Scratch &scratch,
               const Item &item, Value block, Value tile, Value count)
      : b(b), kernel(kernel), scratch(scratch), item(item), block(block),
        tile(tile), count(count),
        firstRow(b.add(item.row, b.mul(block, b.index(kernel.width)))) {}

  /// True unless every query of the block sees every key of the tile.
  Value needsMask();

  /// Whether lists say who sees what in a step of a ring.
  Value isListed();

  /// Scores all keys and returns the maxima.
  Value emit(Mask mask);

private:
  SmallVector<Value> products(Value key);
  Value visible(Value key, Mask mask);
  Value isCutByBand();
  Value visibleInBand(Value key);
  Value visibleInLists(Value key);
  Value rowNumbers();

  Emitter &b;
  const Kernel &kernel;
  const Scratch &scratch;
  const Item &item;
  Value block, tile, count;
  Value firstRow;
};
} // namespace

Value ScoreEmitter::needsMask() {
  Value rows = b.index(kernel.schedule.getRows());
  Value mask = b.less(b.index(0), b.rem(count, rows));
  if (kernel.ring)
    return b.either(mask, b.either(isCutByBand(), isListed()));
  Value lastKey = b.sub(b.add(tile, count), b.index(1));
  if (kernel.causal)
    mask = b.either(mask, b.less(firstRow, lastKey));
  if (kernel.ordersByToken())
    mask = b.either(mask, b.both(b.lessEqual(b.index(0), item.keys.list),
                                 b.less(b.index(0), item.window)));
  if (kernel.windowed) {
    Value lastRow = b.add(firstRow, b.index(kernel.width - 1));
    Value inside = b.both(b.less(b.sub(lastRow, tile), item.window),
                          b.less(b.sub(lastKey, firstRow), item.window));
    Value outside = arith::XOrIOp::create(b, inside, b.i1(true));
    mask = b.either(mask, b.both(b.less(b.index(0), item.window), outside));
  }
  return mask;
}

Value ScoreEmitter::isListed() {
  return b.either(b.less(b.index(0), item.window),
                  b.lessEqual(b.index(0), item.queryTokens));
}

/// Whether the band of a ring's item cuts the tile.
Value ScoreEmitter::isCutByBand() {
  Value lastRow = b.add(firstRow, b.index(kernel.width - 1));
  Value lastKey = b.sub(b.add(tile, count), b.index(1));
  return b.either(b.less(tile, b.add(lastRow, item.low)),
                  b.less(b.add(firstRow, item.high), lastKey));
}

/// Which queries the band of a ring's item lets see `key`; none where it is
/// missing.
Value ScoreEmitter::visibleInBand(Value key) {
  auto integers = VectorType::get({kernel.width}, b.getI32Type());
  auto splat = [&](Value index) {
    return b.broadcast(integers, b.toInt32(index));
  };
  Value row = b.add(tile, key), queries = rowNumbers();
  Value latest =
      b.select(b.less(key, count), b.sub(row, item.low), b.index(-1));
  return b.both(b.lessEqual(splat(b.sub(row, item.high)), queries),
                b.lessEqual(queries, splat(latest)));
}

/// Which queries the lists of a ring's item let see `key`. Where lists are
/// missing their entries are 0.
Value ScoreEmitter::visibleInLists(Value key) {
  auto integers = VectorType::get({kernel.width}, b.getI32Type());
  auto splat = [&](Value index) {
    return b.broadcast(integers, b.toInt32(index));
  };
  auto ofKey = [&](Value list) {
    return b.broadcast(integers, b.load(list, {key}));
  };
  auto ofQueries = [&](Value list) {
    return b.loadVector(integers, list, {block, b.index(0)});
  };
  Value mask =
      b.lessEqual(ofKey(scratch.keyOrdinals), ofQueries(scratch.queryOrdinals));
  Value apart =
      b.sub(ofQueries(scratch.queryPositions), ofKey(scratch.keyPositions));
  Value limit = splat(b.max(item.window, b.index(1)));
  mask = b.both(mask, b.less(apart, limit));
  return b.both(mask, b.less(b.sub(splat(b.index(0)), apart), limit));
}

/// The register block: `rows` keys by one block of queries.
SmallVector<Value> ScoreEmitter::products(Value key) {
  int64_t rows = kernel.schedule.getRows();
  SmallVector<Value> zeros(rows, b.splat(kernel.block, 0));
  auto step = [&](Value column, ValueRange sums) {
    Value queries = b.loadVector(kernel.block, scratch.queries,
                                 {block, column, b.index(0)});
    SmallVector<Value> next;
    for (auto [i, sum] : llvm::enumerate(sums)) {
      Value element = b.load(scratch.keys, {b.add(key, b.index(i)), column});
      next.push_back(b.fma(b.broadcast(kernel.block, element), queries, sum));
    }
    return next;
  };
  return b.loop(b.index(0), b.index(kernel.headDim), 1, zeros, step);
}

/// The class rows of the block's queries, as a vector.
Value ScoreEmitter::rowNumbers() {
  auto type = VectorType::get({kernel.width}, b.getI32Type());
  auto lanes = llvm::to_vector(llvm::seq<int32_t>(0, kernel.width));
  Value offsets = arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, ArrayRef(lanes)));
  return b.add(b.broadcast(type, b.toInt32(firstRow)), offsets);
}

/// Which queries see `key`: it exists (S2), is not later (S1) and lies in the
/// window (S11).
Value ScoreEmitter::visible(Value key, Mask what) {
  if (what == Mask::Band)
    return visibleInBand(key);
  if (kernel.ring)
    return b.both(visibleInBand(key), visibleInLists(key));
  auto integers = VectorType::get({kernel.width}, b.getI32Type());
  auto bits = VectorType::get({kernel.width}, b.getI1Type());
  Value mask = b.broadcast(bits, b.less(key, count));
  if (kernel.causal) {
    Value ordinal = b.load(scratch.keyOrdinals, {key});
    Value queries =
        b.loadVector(integers, scratch.queryOrdinals, {block, b.index(0)});
    mask = b.both(mask, b.lessEqual(b.broadcast(integers, ordinal), queries));
  }
  if (kernel.windowed) {
    // No window reaches every row of the class.
    Value reach = b.select(b.less(b.index(0), item.window), item.window,
                           b.add(item.keyRows, b.index(kernel.width)));
    Value limit = b.broadcast(integers, b.toInt32(reach));
    Value row = b.broadcast(integers, b.toInt32(b.add(tile, key)));
    Value queries = rowNumbers();
    mask = b.both(mask, b.less(b.sub(queries, row), limit));
    mask = b.both(mask, b.less(b.sub(row, queries), limit));
  }
  return mask;
}

Value ScoreEmitter::emit(Mask mask) {
  int64_t rows = kernel.schedule.getRows();
  Value maxima =
      b.loadVector(kernel.block, scratch.maxima, {block, b.index(0)});
  auto step = [&](Value key, ValueRange carried) {
    Value largest = carried[0];
    for (auto [i, score] : llvm::enumerate(products(key))) {
      Value row = b.add(key, b.index(i));
      if (mask != Mask::None) {
        double infinity = std::numeric_limits<double>::infinity();
        score = b.select(visible(row, mask), score,
                         b.splat(kernel.block, -infinity));
      }
      b.storeVector(score, scratch.scores, {row, b.index(0)});
      largest = b.maxf(score, largest);
    }
    return SmallVector<Value>{largest};
  };
  return b.loop(b.index(0), count, rows, maxima, step)[0];
}

Value cpu::scoreBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                      const Item &item, Value block, Value tile, Value count) {
  ScoreEmitter scores(b, kernel, scratch, item, block, tile, count);
  auto all = [&] { return scores.emit(Mask::All); };
  // Most that a ring masks is cut by a band, without lists.
  auto masked = [&]() -> Value {
    if (!kernel.ring)
      return all();
    return b.choose(scores.isListed(), all,
                    [&] { return scores.emit(Mask::Band); });
  };
  return b.choose(scores.needsMask(), masked,
                  [&] { return scores.emit(Mask::None); });
}
