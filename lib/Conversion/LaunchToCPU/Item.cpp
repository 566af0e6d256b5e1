//===- Item.cpp - A row of the work table and the rows of its class -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

Item cpu::loadItem(Emitter &b, const Kernel &kernel, Value index) {
  Value items = kernel.items;
  int64_t next = 0;
  auto column = [&] {
    return b.toIndex(b.load(items, {index, b.index(next++)}));
  };
  Item item;
  item.batch = column();
  item.head = column();
  item.row = column();
  item.rows = item.keyRows = column();
  item.queries.first = column();
  item.queries.stride = column();
  item.queries.list = column();
  item.queries.run = column();
  item.keys = item.queries;
  item.window = column();

  Value heads = b.dim(kernel.q, 2);
  Value kvHeads = b.dim(kernel.k, 2);
  item.kvHead = b.div(item.head, b.div(heads, kvHeads));
  item.count =
      b.min(b.index(kernel.schedule.getQueries()), b.sub(item.rows, item.row));
  return item;
}

/// The columns of planner::RingItem.
Item cpu::loadRingItem(Emitter &b, const Kernel &kernel, Value index) {
  int64_t next = 0;
  auto column = [&] {
    return b.toIndex(b.load(kernel.items, {index, b.index(next++)}));
  };
  auto rowMap = [&]() -> RowMap {
    Value first = column(), stride = column(), list = column();
    return {first, stride, list, b.index(1)};
  };
  Item item;
  item.batch = column();
  item.head = column();
  item.row = column();
  item.rows = column();
  item.queries = rowMap();
  item.kvHead = column();
  item.keyRows = column();
  item.keys = rowMap();
  item.low = column();
  item.high = column();
  item.window = column();
  item.queryPositions = column();
  item.keyPositions = column();
  item.queryTokens = column();
  item.keyTokens = column();
  column(); // fresh: sums of 0 tell
  item.last = column();
  item.count =
      b.min(b.index(kernel.schedule.getQueries()), b.sub(item.rows, item.row));
  return item;
}

Value cpu::tokenOf(Emitter &b, const Kernel &kernel, const RowMap &rows,
                   Value row) {
  auto strided = [&]() -> Value { return b.mul(row, rows.stride); };
  if (!kernel.gathered)
    return b.add(rows.first, strided());

  // A run is `run` rows, `stride` tokens apart, behind one entry (E4).
  auto gathered = [&]() -> Value {
    Value entry = b.add(rows.list, b.div(row, rows.run));
    Value start = b.toIndex(b.load(kernel.rowList, {entry}));
    return b.add(start, b.mul(b.rem(row, rows.run), rows.stride));
  };
  Value isListed = b.lessEqual(b.index(0), rows.list);
  return b.add(rows.first, b.choose(isListed, gathered, strided));
}

Value cpu::entryOf(Emitter &b, const Kernel &kernel, Value list, Value row) {
  auto entry = [&]() -> Value {
    return b.toIndex(b.load(kernel.rowList, {b.add(list, row)}));
  };
  return b.choose(b.lessEqual(b.index(0), list), entry,
                  [&] { return b.index(0); });
}

Value cpu::ordinalOf(Emitter &b, const Kernel &kernel, const Item &item,
                     Value row, Value token) {
  if (!kernel.ordersByToken())
    return row;
  Value inCurveOrder = b.both(b.lessEqual(b.index(0), item.queries.list),
                              b.less(b.index(0), item.window));
  return b.select(inCurveOrder, token, row);
}

/// The rows a block of queries may see: all, up to the diagonal, or a band.
static std::pair<Value, Value> keyRange(Emitter &b, const Kernel &kernel,
                                        const Item &item) {
  Value begin = b.index(0), end = item.keyRows;
  Value past = b.add(item.row, item.count);
  if (kernel.causal) {
    Value sorted = b.i1(true);
    if (kernel.ordersByToken())
      sorted = b.either(b.less(item.queries.list, b.index(0)),
                        b.equal(item.window, b.index(0)));
    end = b.select(sorted, past, end);
  }
  if (kernel.windowed) {
    Value windowed = b.less(b.index(0), item.window);
    Value reach = b.sub(item.window, b.index(1));
    Value low = b.max(b.index(0), b.sub(item.row, reach));
    Value high = b.min(end, b.add(past, reach));
    begin = b.select(windowed, low, begin);
    end = b.select(windowed, high, end);
  }
  return {begin, end};
}

/// Whether the diagonal or a band lets a block's queries see any key of a tile.
/// Windows of one device are left to keyRange.
static Value meets(Emitter &b, const Kernel &kernel, const Item &item,
                   Value block, Value tile, Value count) {
  Value firstRow = b.add(item.row, b.mul(block, b.index(kernel.width)));
  Value lastRow = b.add(firstRow, b.index(kernel.width - 1));
  Value lastKey = b.sub(b.add(tile, count), b.index(1));
  if (kernel.ring)
    return b.both(b.lessEqual(b.add(firstRow, item.low), lastKey),
                  b.lessEqual(tile, b.add(lastRow, item.high)));
  if (!kernel.causal)
    return b.i1(true);
  Value sees = b.lessEqual(tile, lastRow);
  if (!kernel.ordersByToken())
    return sees;
  Value inCurveOrder = b.both(b.lessEqual(b.index(0), item.queries.list),
                              b.less(b.index(0), item.window));
  return b.either(sees, inCurveOrder);
}

/// The keys of a tile up to the last that the diagonal or a band lets a block
/// see. \pre meets.
static Value countSeen(Emitter &b, const Kernel &kernel, const Item &item,
                       Value block, Value tile, Value count) {
  if (!kernel.ring)
    return count;
  Value firstRow = b.add(item.row, b.mul(block, b.index(kernel.width)));
  Value past = b.add(b.add(firstRow, b.index(kernel.width)), item.high);
  return b.min(count, b.sub(past, tile));
}

static void computeTiled(Emitter &b, const Kernel &kernel,
                         const Scratch &scratch, const Partials &partials,
                         const Item &item) {
  loadQueries(b, kernel, scratch, item);
  Value blocks = b.ceilDiv(item.count, kernel.width);
  auto [begin, end] = keyRange(b, kernel, item);
  int64_t keys = kernel.schedule.getKeys();
  b.loop(begin, end, keys, [&, end = end](Value tile) {
    Value count = b.min(b.index(keys), b.sub(end, tile));
    packKeys(b, kernel, scratch, item, tile, count);
    auto computeBlock = [&](Value block) {
      Value seen = countSeen(b, kernel, item, block, tile, count);
      Value maxima = scoreBlock(b, kernel, scratch, item, block, tile, seen);
      Value rescale = softmaxBlock(b, kernel, scratch, block, seen, maxima);
      accumulateBlock(b, kernel, scratch, block, seen, rescale);
    };
    b.loop(b.index(0), blocks, 1, [&](Value block) {
      b.when(meets(b, kernel, item, block, tile, count),
             [&] { computeBlock(block); });
    });
  });
  storeRows(b, kernel, scratch, item, partials);
}

void cpu::computeItem(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                      const Partials &partials, Value index) {
  Item item =
      kernel.ring ? loadRingItem(b, kernel, index) : loadItem(b, kernel, index);
  if (!kernel.isolated) {
    computeTiled(b, kernel, scratch, partials, item);
    return;
  }
  Value isolated = b.equal(item.window, b.index(1));
  b.when(isolated, [&] { computeIsolated(b, kernel, item, partials); });
  Value tiled = arith::XOrIOp::create(b, isolated, b.i1(true));
  b.when(tiled, [&] { computeTiled(b, kernel, scratch, partials, item); });
}
