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

static constexpr double kLog2e = 1.4426950408889634;

/// Zeroes columns [0, size) of one row of a packed tile.
static void zeroRow(Emitter &b, const Kernel &kernel, Value target, Value row,
                    int64_t size) {
  int64_t lanes = kernel.schedule.getLanes();
  auto type = VectorType::get({lanes}, b.getF32Type());
  int64_t whole = size - size % lanes;
  b.loop(b.index(0), b.index(whole), lanes, [&](Value column) {
    b.storeVector(b.splat(type, 0), target, {row, column});
  });
  b.loop(b.index(whole), b.index(size), 1,
         [&](Value column) { b.store(b.f32(0), target, {row, column}); });
}

/// Copies one token's row of k or v into a packed tile, as f32.
static void packRow(Emitter &b, const Kernel &kernel, Value source, ValueRange at,
                    Value target, Value row) {
  auto type = cast<MemRefType>(source.getType());
  int64_t size = type.getDimSize(3), lanes = kernel.schedule.getLanes();
  auto vector = VectorType::get({lanes}, type.getElementType());
  int64_t whole = size - size % lanes;
  auto position = [&](Value column) {
    return SmallVector<Value>{at[0], at[1], at[2], column};
  };
  b.loop(b.index(0), b.index(whole), lanes, [&](Value column) {
    Value part = b.loadVector(vector, source, position(column));
    b.storeVector(extend(b, part), target, {row, column});
  });
  b.loop(b.index(whole), b.index(size), 1, [&](Value column) {
    Value element = b.load(source, position(column));
    b.store(extend(b, element), target, {row, column});
  });
}

void cpu::packKeys(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                   const Item &item, Value tile, Value count) {
  b.loop(b.index(0), count, 1, [&](Value row) {
    Value classRow = b.add(tile, row);
    Value token = tokenOf(b, kernel, item, classRow);
    SmallVector<Value> at{item.batch, token, item.kvHead};
    packRow(b, kernel, kernel.k, at, scratch.keys, row);
    packRow(b, kernel, kernel.v, at, scratch.values, row);
    Value ordinal = ordinalOf(b, kernel, item, classRow, token);
    b.store(b.toInt32(ordinal), scratch.keyOrdinals, {row});
  });
  // Scores are computed in whole register blocks; the rest are masked.
  int64_t rows = kernel.schedule.getRows();
  Value padded = b.mul(b.ceilDiv(count, rows), b.index(rows));
  b.loop(count, padded, 1, [&](Value row) {
    zeroRow(b, kernel, scratch.keys, row, kernel.headDim);
    b.store(b.toInt32(b.index(0)), scratch.keyOrdinals, {row});
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

/// Transposes one query row into its lane, scaled so that exp2 is the softmax.
static void loadQueryRow(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                         const Item &item, Value row) {
  Value block = b.div(row, b.index(kernel.width));
  Value lane = b.rem(row, b.index(kernel.width));
  Value classRow = b.add(item.row, row);
  Value token = tokenOf(b, kernel, item, classRow);
  Value ordinal = ordinalOf(b, kernel, item, classRow, token);
  b.store(b.toInt32(token), scratch.queryTokens, {block, lane});
  b.store(b.toInt32(ordinal), scratch.queryOrdinals, {block, lane});
  b.loop(b.index(0), b.index(kernel.headDim), 1, [&](Value column) {
    Value element = b.load(kernel.q, {item.batch, token, item.head, column});
    Value scaled = b.mulf(extend(b, element), kernel.scale);
    b.store(b.mulf(scaled, b.f32(kLog2e)), scratch.queries, {block, column, lane});
  });
}

void cpu::loadQueries(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                      const Item &item) {
  Value width = b.index(kernel.width);
  Value blocks = b.ceilDiv(item.count, kernel.width);
  b.loop(b.index(0), blocks, 1,
         [&](Value block) { clearBlock(b, kernel, scratch, block); });
  b.loop(b.index(0), item.count, 1,
         [&](Value row) { loadQueryRow(b, kernel, scratch, item, row); });
  // Lanes without a query compute on zeros and are never stored.
  b.loop(item.count, b.mul(blocks, width), 1, [&](Value row) {
    Value block = b.div(row, width), lane = b.rem(row, width);
    b.store(b.toInt32(b.index(0)), scratch.queryOrdinals, {block, lane});
    b.loop(b.index(0), b.index(kernel.headDim), 1, [&](Value column) {
      b.store(b.f32(0), scratch.queries, {block, column, lane});
    });
  });
}
