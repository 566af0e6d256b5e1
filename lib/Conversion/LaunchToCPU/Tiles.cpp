//===- Tiles.cpp - Loading queries and packing keys and values ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

/// Zeroes columns [0, size) of one row of a packed tile.
static void zeroRow(Emitter &b, const Kernel &kernel, Value target, Value row,
                    int64_t size) {
  b.columns(size, kernel.schedule.getLanes(),
            [&](Value column, VectorType lanes) {
              Value zero = lanes ? b.splat(lanes, 0) : b.f32(0);
              b.storePart(zero, target, {row, column});
            });
}

/// Copies one token's row of q, k or v into a packed tile, as f32.
static void packRow(Emitter &b, const Kernel &kernel, Value source,
                    ValueRange at, Value target, Value row) {
  int64_t size = cast<MemRefType>(source.getType()).getDimSize(3);
  b.columns(
      size, kernel.schedule.getLanes(), [&](Value column, VectorType lanes) {
        Value part = b.loadPart(lanes, source, {at[0], at[1], at[2], column});
        b.storePart(extend(b, part), target, {row, column});
      });
}

void cpu::packKeys(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                   const Item &item, Value tile, Value count) {
  b.loop(b.index(0), count, 1, [&](Value row) {
    Value classRow = b.add(tile, row);
    Value token = tokenOf(b, kernel, item.keys, classRow);
    SmallVector<Value> at{item.batch, token, item.kvHead};
    packRow(b, kernel, kernel.k, at, scratch.keys, row);
    packRow(b, kernel, kernel.v, at, scratch.values, row);
    Value ordinal = kernel.ring ? entryOf(b, kernel, item.keyTokens, classRow)
                                : ordinalOf(b, kernel, item, classRow, token);
    b.store(b.toInt32(ordinal), scratch.keyOrdinals, {row});
    if (kernel.ring)
      b.store(b.toInt32(entryOf(b, kernel, item.keyPositions, classRow)),
              scratch.keyPositions, {row});
  });
  // Scores are computed in whole register blocks; the rest are masked.
  int64_t rows = kernel.schedule.getRows();
  Value padded = b.mul(b.ceilDiv(count, rows), b.index(rows));
  b.loop(count, padded, 1, [&](Value row) {
    zeroRow(b, kernel, scratch.keys, row, kernel.headDim);
    b.store(b.toInt32(b.index(0)), scratch.keyOrdinals, {row});
    if (kernel.ring)
      b.store(b.toInt32(b.index(0)), scratch.keyPositions, {row});
  });
}

/// Resets the running softmax of one block.
static void clearBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                       Value block) {
  Value zero = b.splat(kernel.block, 0);
  double infinity = std::numeric_limits<double>::infinity();
  Value lowest = b.splat(kernel.block, -infinity);
  b.storeVector(lowest, scratch.maxima, {block, b.index(0)});
  b.storeVector(zero, scratch.sums, {block, b.index(0)});
  b.loop(b.index(0), b.index(kernel.valueDim), 1, [&](Value column) {
    b.storeVector(zero, scratch.outputs, {block, column, b.index(0)});
  });
}

/// Stages one query row and notes its token. Lanes past the last query compute
/// on zeros and are never stored.
static void stageQuery(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                       const Item &item, Value row, Value stage) {
  Value block = b.div(row, b.index(kernel.width));
  Value lane = b.rem(row, b.index(kernel.width));
  Value exists = b.less(row, item.count);
  b.when(exists, [&] {
    Value classRow = b.add(item.row, row);
    Value token = tokenOf(b, kernel, item.queries, classRow);
    Value ordinal = kernel.ring ? entryOf(b, kernel, item.queryTokens, classRow)
                                : ordinalOf(b, kernel, item, classRow, token);
    b.store(b.toInt32(token), scratch.queryTokens, {block, lane});
    b.store(b.toInt32(ordinal), scratch.queryOrdinals, {block, lane});
    if (kernel.ring)
      b.store(b.toInt32(entryOf(b, kernel, item.queryPositions, classRow)),
              scratch.queryPositions, {block, lane});
    packRow(b, kernel, kernel.q, {item.batch, token, item.head}, scratch.rows,
            stage);
  });
  b.when(arith::XOrIOp::create(b, exists, b.i1(true)), [&] {
    b.store(b.toInt32(b.index(0)), scratch.queryOrdinals, {block, lane});
    if (kernel.ring)
      b.store(b.toInt32(b.index(0)), scratch.queryPositions, {block, lane});
    zeroRow(b, kernel, scratch.rows, stage, kernel.headDim);
  });
}

/// Negates a block's queries where the scale is negative: the softmax looks for
/// the largest product.
static void signBlock(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                      Value block) {
  Value negative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                         kernel.scale, b.f32(0));
  b.when(negative, [&] {
    b.loop(b.index(0), b.index(kernel.headDim), 1, [&](Value column) {
      SmallVector<Value> at{block, column, b.index(0)};
      Value queries = b.loadVector(kernel.block, scratch.queries, at);
      Value negated = arith::NegFOp::create(b, queries);
      b.storeVector(negated, scratch.queries, at);
    });
  });
}

void cpu::loadQueries(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                      const Item &item) {
  int64_t lanes = kernel.schedule.getLanes();
  Value blocks = b.ceilDiv(item.count, kernel.width);
  b.loop(b.index(0), blocks, 1, [&](Value block) {
    clearBlock(b, kernel, scratch, block);
    Value first = b.mul(block, b.index(kernel.width));
    b.loop(b.index(0), b.index(kernel.width), lanes, [&](Value lane) {
      b.loop(b.index(0), b.index(lanes), 1, [&](Value stage) {
        Value row = b.add(first, b.add(lane, stage));
        stageQuery(b, kernel, scratch, item, row, stage);
      });
      rowsToLanes(b, kernel, scratch.rows, scratch.queries, block, lane,
                  kernel.headDim);
    });
    signBlock(b, kernel, scratch, block);
  });
}
