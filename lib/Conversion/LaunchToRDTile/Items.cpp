//===- Items.cpp - Work items inside a kernel -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "lib/Planner/Plan.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

Item Item::fromWords(ValueRange w) {
  return {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]};
}

QueryRange KernelBuilder::queriesOf(const Item &item) {
  return {item.row, b.min(item.rows, b.add(item.row, key.queries))};
}

Value KernelBuilder::isCurveOrdered(const Item &item) {
  if (!key.comparesTokens())
    return {};
  return b.both(b.lessEqual(b.i32(0), item.list),
                b.less(b.i32(0), item.window));
}

/// How far a row's window reaches, itself included: in 32 bits, as it reaches
/// past a class only by less than the class's rows.
Value KernelBuilder::reachOf(const Item &item) {
  return b.min(item.window, item.rows);
}

Value KernelBuilder::keyEnd(const Item &item, const QueryRange &queries) {
  Value end = item.rows;
  if (key.causal) {
    Value curve = isCurveOrdered(item);
    end = curve ? b.select(curve, end, queries.past) : queries.past;
  }
  if (!key.windowed)
    return end;
  Value high = b.add(queries.past, b.sub(reachOf(item), 1));
  Value windowed = b.less(b.i32(0), item.window);
  return b.select(windowed, b.min(end, high), end);
}

/// All rows, up to the diagonal, or a band: as on the CPU.
KeyTiles KernelBuilder::keyTiles(const Item &item) {
  Value begin = b.i32(0);
  if (key.windowed) {
    Value low = b.sub(item.row, b.sub(reachOf(item), 1));
    Value windowed = b.less(b.i32(0), item.window);
    begin = b.select(windowed, b.max(begin, low), begin);
  }
  Value rows = b.sub(keyEnd(item, queriesOf(item)), begin);
  return {begin, b.ceilDiv(rows, key.keys)};
}

SmallVector<TileRange> KernelBuilder::rangesOf(const Item &item,
                                               const QueryRange &queries,
                                               const KeyTiles &tiles, Value top,
                                               Value last) {
  Value zero = b.i32(0), whole = last;
  if (key.causal || key.windowed)
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
/// on may, up to the diagonal or the end of the class.
Value KernelBuilder::wholeTiles(const Item &item, const QueryRange &queries,
                                const KeyTiles &tiles, Value top) {
  Value zero = b.i32(0);
  Value whole = item.rows; // the rows that every query sees, from the first
  if (key.causal)
    whole = b.min(whole, b.add(queries.first, 1));
  if (key.windowed) {
    Value high = b.min(whole, b.add(queries.first, reachOf(item)));
    whole = b.select(b.less(zero, item.window), high, whole);
  }
  Value full = b.div(b.max(b.sub(whole, tiles.begin), zero), b.i32(key.keys));
  if (Value curve = isCurveOrdered(item))
    full = b.select(curve, zero, full);
  return b.min(full, top);
}

/// The tiles below `whole` that a window's start may cut: all below the result.
Value KernelBuilder::cutTiles(const Item &item, const QueryRange &queries,
                              const KeyTiles &tiles, Value whole) {
  Value zero = b.i32(0);
  Value lowest = b.sub(queries.past, reachOf(item));
  Value cut = b.ceilDiv(b.max(b.sub(lowest, tiles.begin), zero), key.keys);
  Value windowed = b.less(zero, item.window);
  return b.min(b.select(windowed, cut, zero), whole);
}

Value KernelBuilder::tokenOfStrided(const Item &item, Value row) {
  return b.add(item.first, b.mul(row, item.stride));
}

/// A GPU's lists have an entry for every row.
Value KernelBuilder::tokenOfListed(const Item &item, Value row) {
  Value token = b.load(parameters.rowList, b.offset(item.list, row));
  return b.add(item.first, token);
}

Value KernelBuilder::tokenOf(const Item &item, Value row) {
  if (!key.gathered)
    return tokenOfStrided(item, row);
  Value isListed = b.lessEqual(b.i32(0), item.list);
  using Values = I32Builder::Values;
  return b
      .choose(
          isListed, [&] { return Values{tokenOfListed(item, row)}; },
          [&] { return Values{tokenOfStrided(item, row)}; })
      .front();
}

Value KernelBuilder::lookup(TokensType type, const Item &item, Value first,
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
  Value exists = b.less(row, item.rows);
  // A row that does not exist reads the entry of one that does.
  Value existing = b.select(exists, row, first);
  YieldOp::create(b, b.select(exists, token(existing), b.i32(-1)));
  return tokens;
}

Value KernelBuilder::kvHeadOf(const Item &item) {
  Value heads = b.dim(parameters.q, 2), kvHeads = b.dim(parameters.k, 2);
  return b.div(item.head, b.div(heads, kvHeads));
}

/// The item's row of the table and its branch; batch -1 past the last.
I32Builder::Values KernelBuilder::wordsOf(Value number) {
  using Values = I32Builder::Values;
  Value inside = b.less(number, b.dim(parameters.items, 0));
  auto load = [&] {
    Values words;
    for (int64_t column = 0; column < planner::kWorkItemColumns; ++column)
      words.push_back(b.load(parameters.items, {number, b.i32(column)}));
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
    Values words(Item::kWords, b.i32(0));
    words.front() = b.i32(-1);
    return words;
  };
  return b.choose(inside, load, none);
}

I32Builder::Values KernelBuilder::wordsIn(Value items, Value slot) {
  I32Builder::Values words;
  for (int64_t word = 0; word < Item::kWords; ++word)
    words.push_back(b.load(items, {slot, b.i32(word)}));
  return words;
}

void KernelBuilder::forEachItem(
    int64_t count, function_ref<I32Builder::Values(Value)> read,
    function_ref<I32Builder::Values(const Item &, Value, ValueRange)> body) {
  using Values = I32Builder::Values;
  int64_t carried = 1 + count;
  SmallVector<Type> types(carried + Item::kWords, b.getI32Type());
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
  Item item = Item::fromWords(arguments.drop_front(carried));
  Values results{b.add(arguments.front(), 1)};
  llvm::append_range(results,
                     body(item, arguments.front(), arguments.slice(1, count)));
  scf::YieldOp::create(b, results);
  b.setInsertionPointAfter(loop);
}
