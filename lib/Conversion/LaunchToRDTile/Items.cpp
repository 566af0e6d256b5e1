//===- Items.cpp - Work items inside a kernel -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingItems.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

int64_t Item::wordsOf(const KernelKey &key) {
  return key.ring ? planner::kRingItemColumns : planner::kWorkItemColumns + 1;
}

/// The columns of planner::RingItem.
static Item ringItem(ValueRange w) {
  Item item;
  item.batch = w[0];
  item.head = w[1];
  item.row = w[2];
  item.queries = {w[3], w[4], w[5], w[6]};
  item.keyHead = w[7];
  item.keys = {w[8], w[9], w[10], w[11]};
  item.low = w[12];
  item.high = w[13];
  item.window = w[14];
  item.queryPositions = w[15];
  item.keyPositions = w[16];
  item.queryTokens = w[17];
  item.keyTokens = w[18];
  item.fresh = w[19];
  item.last = w[20];
  return item;
}

/// The columns of planner::WorkItem, whose rows are queries and keys, and the
/// branch.
Item Item::fromWords(const KernelKey &key, ValueRange w) {
  if (key.ring)
    return ringItem(w);
  Item item;
  item.batch = w[0];
  item.head = w[1];
  item.row = w[2];
  item.queries = item.keys = {w[3], w[4], w[5], w[6]};
  item.window = w[8];
  item.branch = w[9];
  return item;
}

QueryRange KernelBuilder::queriesOf(const Item &item) {
  return {item.row, b.min(item.queries.rows, b.add(item.row, key.queries))};
}

//===----------------------------------------------------------------------===//
// What queries see
//===----------------------------------------------------------------------===//

Value KernelBuilder::isListed(const Item &item) {
  if (!key.hasListedMasks())
    return {};
  Value windowed = b.less(b.i32(0), item.window);
  if (key.ring)
    return b.bitOr(windowed, b.lessEqual(b.i32(0), item.queryTokens));
  return b.both(b.lessEqual(b.i32(0), item.queries.list), windowed);
}

/// Where there is no such list any entry will do.
Value KernelBuilder::entryOf(Value list, Value row) {
  return b.load(parameters.rowList, b.offset(b.max(list, b.i32(0)), row));
}

I32Builder::Values KernelBuilder::listedOf(const Item &item, Value query) {
  if (!key.ring)
    return {tokenOf(item.queries, query)};
  return {entryOf(item.queryPositions, query),
          entryOf(item.queryTokens, query)};
}

Value KernelBuilder::seesListed(const Item &item, ValueRange query,
                                Value keyRow) {
  if (!key.ring)
    return b.lessEqual(tokenOf(item.keys, keyRow), query[0]);
  Value distance = b.sub(query[0], entryOf(item.keyPositions, keyRow));
  distance = b.max(distance, b.sub(b.i32(0), distance));
  Value isNear = b.bitOr(b.lessEqual(item.window, b.i32(0)),
                         b.less(distance, item.window));
  Value isEarlier = b.lessEqual(entryOf(item.keyTokens, keyRow), query[1]);
  Value isCompared = b.lessEqual(b.i32(0), item.queryTokens);
  return b.select(isCompared, b.both(isNear, isEarlier), isNear);
}

/// How far a row's window reaches, itself included: in 32 bits, as it reaches
/// past a class only by less than the class's rows.
Value KernelBuilder::reachOf(const Item &item) {
  return b.min(item.window, item.keys.rows);
}

Value KernelBuilder::endOf(const Item &item, Value query) {
  Value end = item.keys.rows, next = b.add(query, 1);
  if (key.ring)
    return key.hasBands() ? b.min(end, b.add(next, item.high)) : end;
  if (key.causal) {
    Value diagonal = b.min(end, next), curve = isListed(item);
    end = curve ? b.select(curve, end, diagonal) : diagonal;
  }
  if (!key.windowed)
    return end;
  Value windowed = b.less(b.i32(0), item.window);
  Value reached = b.min(end, b.add(query, reachOf(item)));
  return b.select(windowed, reached, end);
}

Value KernelBuilder::beginOf(const Item &item, Value query) {
  if (!key.windowed)
    return b.i32(0);
  if (key.ring)
    return b.add(query, item.low);
  Value windowed = b.less(b.i32(0), item.window);
  return b.select(windowed, b.sub(b.add(query, 1), reachOf(item)), b.i32(0));
}

Value KernelBuilder::keyEnd(const Item &item, const QueryRange &queries) {
  return endOf(item, b.sub(queries.past, 1));
}

//===----------------------------------------------------------------------===//
// Tiles of keys
//===----------------------------------------------------------------------===//

/// All rows, up to the diagonal, or a band: as on the CPU.
KeyTiles KernelBuilder::keyTiles(const Item &item) {
  Value begin = b.max(beginOf(item, item.row), b.i32(0));
  Value rows = b.sub(keyEnd(item, queriesOf(item)), begin);
  return {begin, b.ceilDiv(rows, key.keys)};
}

SmallVector<TileRange> KernelBuilder::rangesOf(const Item &item,
                                               const QueryRange &queries,
                                               const KeyTiles &tiles, Value top,
                                               Value last) {
  Value zero = b.i32(0), whole = last;
  if (key.hasBands())
    whole = wholeTiles(item, queries, tiles, last);
  SmallVector<TileRange> ranges;
  if (top != whole)
    ranges.push_back({top, whole, /*hides=*/true});
  if (!key.windowed) {
    ranges.push_back({whole, zero, /*hides=*/false});
    return ranges;
  }
  Value cut = cutTiles(item, queries, tiles, whole);
  ranges.push_back({whole, cut, /*hides=*/false});
  ranges.push_back({cut, zero, /*hides=*/true});
  return ranges;
}

/// The tiles below `top` that hide no place at their end: those from the result
/// on may, up to the diagonal or the end of the keys.
Value KernelBuilder::wholeTiles(const Item &item, const QueryRange &queries,
                                const KeyTiles &tiles, Value top) {
  Value zero = b.i32(0);
  // The first query sees the fewest.
  Value seen = b.sub(endOf(item, queries.first), tiles.begin);
  Value full = b.div(b.max(seen, zero), b.i32(key.keys));
  if (Value listed = isListed(item))
    full = b.select(listed, zero, full);
  return b.min(full, top);
}

/// The tiles below `whole` that a window's start may cut: all below the result.
Value KernelBuilder::cutTiles(const Item &item, const QueryRange &queries,
                              const KeyTiles &tiles, Value whole) {
  Value lowest = beginOf(item, b.sub(queries.past, 1));
  Value hidden = b.max(b.sub(lowest, tiles.begin), b.i32(0));
  return b.min(b.ceilDiv(hidden, key.keys), whole);
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

Value KernelBuilder::tokenOfStrided(const RowMap &map, Value row) {
  return b.add(map.first, b.mul(row, map.stride));
}

/// A GPU's lists have an entry for every row.
Value KernelBuilder::tokenOfListed(const RowMap &map, Value row) {
  Value token = b.load(parameters.rowList, b.offset(map.list, row));
  return b.add(map.first, token);
}

Value KernelBuilder::tokenOf(const RowMap &map, Value row) {
  if (!key.gathered)
    return tokenOfStrided(map, row);
  Value isListed = b.lessEqual(b.i32(0), map.list);
  using Values = I32Builder::Values;
  return b
      .choose(
          isListed, [&] { return Values{tokenOfListed(map, row)}; },
          [&] { return Values{tokenOfStrided(map, row)}; })
      .front();
}

Value KernelBuilder::lookup(TokensType type, const RowMap &map, Value first,
                            bool isWhole, function_ref<Value(Value)> token) {
  auto tokens = LookupOp::create(b, type);
  OpBuilder::InsertionGuard guard(b);
  Block *block =
      b.createBlock(&tokens.getBody(), {}, b.getI32Type(), b.getLoc());
  Value row = b.offset(first, block->getArgument(0));
  if (isWhole) {
    YieldOp::create(b, token(row));
    return tokens;
  }
  Value exists = b.less(row, map.rows);
  // A row that does not exist reads the entry of one that does.
  Value existing = b.select(exists, row, first);
  YieldOp::create(b, b.select(exists, token(existing), b.i32(-1)));
  return tokens;
}

Value KernelBuilder::kvHeadOf(const Item &item) {
  if (key.ring)
    return item.keyHead;
  Value heads = b.dim(parameters.q, 2), kvHeads = b.dim(parameters.k, 2);
  return b.div(item.head, b.div(heads, kvHeads));
}

/// The item's row of the table, and where there are branches its branch; batch
/// -1 past the last.
I32Builder::Values KernelBuilder::wordsOf(Value number) {
  using Values = I32Builder::Values;
  Value inside = b.less(number, b.dim(parameters.items, 0));
  auto load = [&] {
    Values words;
    const int64_t columns =
        cast<MemRefType>(parameters.items.getType()).getDimSize(1);
    for (int64_t column = 0; column < columns; ++column)
      words.push_back(b.load(parameters.items, {number, b.i32(column)}));
    if (key.ring)
      return words;
    Value branch = b.i32(0);
    if (key.merges) {
      Value last = b.sub(b.dim(parameters.phases, 0), 1);
      branch =
          b.loop(b.i32(1), last, 1, branch, [&](Value i, ValueRange carried) {
             Value starts = b.load(parameters.phases, i);
             Value isPast = b.lessEqual(starts, number);
             return Values{b.select(isPast, i, carried[0])};
           }).front();
    }
    words.push_back(branch);
    return words;
  };
  auto none = [&] {
    Values words(Item::wordsOf(key), b.i32(0));
    words.front() = b.i32(-1);
    return words;
  };
  return b.choose(inside, load, none);
}

I32Builder::Values KernelBuilder::wordsIn(Value items, Value slot) {
  I32Builder::Values words;
  for (int64_t word = 0; word < Item::wordsOf(key); ++word)
    words.push_back(b.load(items, {slot, b.i32(word)}));
  return words;
}

void KernelBuilder::forEachItem(
    int64_t count, function_ref<I32Builder::Values(Value)> read,
    function_ref<I32Builder::Values(const Item &, Value, ValueRange)> body) {
  using Values = I32Builder::Values;
  int64_t carried = 1 + count;
  SmallVector<Type> types(carried + Item::wordsOf(key), b.getI32Type());
  SmallVector<Location> locations(types.size(), b.getLoc());
  auto loop = scf::WhileOp::create(b, types, Values(carried, b.i32(0)));
  Block *before =
      b.createBlock(&loop.getBefore(), {}, ArrayRef(types).take_front(carried),
                    ArrayRef(locations).take_front(carried));
  Values forwarded(before->getArguments());
  Values words = read(forwarded.front());
  llvm::append_range(forwarded, words);
  scf::ConditionOp::create(b, b.lessEqual(b.i32(0), words.front()), forwarded);

  Block *after = b.createBlock(&loop.getAfter(), {}, types, locations);
  ValueRange arguments = after->getArguments();
  Item item = Item::fromWords(key, arguments.drop_front(carried));
  Values results{b.add(arguments.front(), 1)};
  llvm::append_range(results,
                     body(item, arguments.front(), arguments.slice(1, count)));
  scf::YieldOp::create(b, results);
  b.setInsertionPointAfter(loop);
}
