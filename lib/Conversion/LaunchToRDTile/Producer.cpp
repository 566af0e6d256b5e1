//===- Producer.cpp - The copying warpgroup -------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/SM90Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

/// Enough cursors for two rings, and for the turn.
static Cursor kCursor(ValueRange values) { return {values[0], values[1]}; }
static Cursor vCursor(ValueRange values) { return {values[2], values[3]}; }

void Producer::build() {
  Value thread =
      b.toI32(gpu::ThreadIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
  isLeader = b.equal(thread, b.i32(0));
  if (isSingleThread())
    b.when(isLeader, [&] { buildLoop(); });
  else
    buildLoop();
}

/// Runs `body` in the thread that deals with items.
void Producer::asLeader(function_ref<void()> body) {
  if (isSingleThread())
    body();
  else
    b.when(isLeader, body);
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

/// Hands item `number` to everyone as the block's item `turn`.
void Producer::post(Value number, Value turn) {
  Cursor slot = kernel.slotOf(turn);
  Values words = kernel.wordsOf(number);
  WaitOp::create(b, shared.itemEmpty, slot.stage, b.bitXor(slot.parity, 1));
  for (auto [index, word] : llvm::enumerate(words))
    b.store(word, shared.items, {slot.stage, b.i32(index)});
  ArriveOp::create(b, shared.itemFull, slot.stage);
}

void Producer::buildLoop() {
  asLeader([&] {
    Value block =
        b.toI32(gpu::BlockIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
    post(block, b.i32(0));
  });

  auto read = [&](Value turn) {
    return kernel.takeItem(turn, [&](Cursor slot) {
      if (isSingleThread())
        ArriveOp::create(b, shared.itemEmpty, slot.stage);
      else
        ArriveWarpOp::create(b, shared.itemEmpty, slot.stage);
    });
  };
  auto copy = [&](const Item &item, Value turn, ValueRange cursors) {
    Values next = copyItem(item, turn, cursors);
    // As late as there is still work in the rings: then a block that is late
    // takes no item that another could have.
    asLeader([&] {
      post(NextItemOp::create(b, b.getI32Type(), parameters.counter),
           b.add(turn, 1));
    });
    return next;
  };
  kernel.forEachItem(kCursorWords, read, copy);
  asLeader([&] { RetireOp::create(b, parameters.counter); });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Rows of an item come in one of three ways, which is chosen once.
Producer::Values Producer::copyItem(const Item &item, Value turn,
                                    ValueRange cursors) {
  kvHead = kernel.kvHeadOf(item);
  auto copy = [&](Way way) {
    return [=] { return copyTiles(way, item, turn, cursors); };
  };
  auto byRows = [&]() -> Values {
    if (!key.gathered)
      return copy(Way::Strided)();
    return b.choose(b.lessEqual(b.i32(0), item.keys.list), copy(Way::Listed),
                    copy(Way::Strided));
  };
  if (!key.hasMaps())
    return byRows();
  map = queryMap = mapOf(Input::K, item.keys);
  if (key.ring)
    queryMap = mapOf(Input::Q, item.queries);
  if (key.access == Access::Map)
    return copy(Way::Map)();
  Value least = b.min(map, queryMap);
  return b.choose(b.lessEqual(b.i32(0), least), copy(Way::Map), byRows);
}

/// The tensor map that reads these rows, or -1.
Value Producer::mapOf(Input input, const RowMap &rows) {
  Value end = b.add(rows.first, b.mul(b.sub(rows.rows, 1), rows.stride));
  Value found = FindMapOp::create(b, b.getI32Type(), parameters.maps, input,
                                  rows.stride, end);
  if (!key.gathered)
    return found;
  return b.select(b.less(rows.list, b.i32(0)), found, b.i32(-1));
}

/// The last tile first, so that masks come first; k runs one tile ahead of v,
/// which has the same tokens.
Producer::Values Producer::copyTiles(Way way, const Item &item, Value turn,
                                     ValueRange cursors) {
  KeyTiles tiles = kernel.keyTiles(item);
  Value last = b.sub(tiles.count, 1);
  auto rowsOf = [&](Value tile, bool isWhole) {
    Value first = b.add(tiles.begin, b.mul(tile, key.keys));
    return Rows{first, lookup(way, item.keys, first, isWhole, key.keys)};
  };
  Cursor k = kCursor(cursors), v = vCursor(cursors);
  Rows rows = rowsOf(last, /*isWhole=*/false);
  copyTile(way, Input::K, k, rows, item, /*isWhole=*/false);
  Rows queries{item.row, lookupQueries(way, item)};
  copyTile(way, Input::Q, {b.i32(0), b.bitAnd(turn, 1)}, queries, item,
           /*isWhole=*/false);
  k = kernel.next(k);

  Values initial{k.stage, k.parity, v.stage, v.parity, rows.first};
  if (rows.tokens)
    initial.push_back(rows.tokens);
  auto rowsBefore = [&](ValueRange carried) {
    return Rows{carried[4], rows.tokens ? carried[5] : Value()};
  };
  // Of v's tiles the first that is copied may reach past the class.
  auto stepOf = [&](bool isWhole) {
    return [&, isWhole](Value i, ValueRange carried) {
      Rows current = rowsOf(b.sub(last, i), /*isWhole=*/true);
      Cursor k = kCursor(carried), v = vCursor(carried);
      copyTile(way, Input::K, k, current, item, /*isWhole=*/true);
      copyTile(way, Input::V, v, rowsBefore(carried), item, isWhole);
      k = kernel.next(k);
      v = kernel.next(v);
      Values next{k.stage, k.parity, v.stage, v.parity, current.first};
      if (current.tokens)
        next.push_back(current.tokens);
      return next;
    };
  };
  Value second = b.min(tiles.count, b.i32(2));
  Values results = b.loop(b.i32(1), second, 1, initial, stepOf(false));
  results = b.loop(b.i32(2), tiles.count, 1, results, stepOf(true));
  copyTile(way, Input::V, vCursor(results), rowsBefore(results), item,
           /*isWhole=*/false);
  v = kernel.next(vCursor(results));
  return {results[0], results[1], v.stage, v.parity};
}

TokensType Producer::tokensType(int64_t rows) {
  return TokensType::get(b.getContext(), rows, kWarpgroupThreads, key.lanes);
}

Value Producer::lookup(Way way, const RowMap &map, Value first, bool isWhole,
                       int64_t rows) {
  if (way == Way::Map)
    return {};
  return kernel.lookup(tokensType(rows), map, first, isWhole, [&](Value row) {
    return way == Way::Listed ? kernel.tokenOfListed(map, row)
                              : kernel.tokenOfStrided(map, row);
  });
}

/// On a ring the queries may have a list where the keys have none.
Value Producer::lookupQueries(Way way, const Item &item) {
  if (way == Way::Map || !key.ring)
    return lookup(way, item.queries, item.row, /*isWhole=*/false, key.queries);
  return kernel.lookup(
      tokensType(key.queries), item.queries, item.row, /*isWhole=*/false,
      [&](Value row) { return kernel.tokenOf(item.queries, row); });
}

/// Waits for the stage to be free, then fills it.
void Producer::copyTile(Way way, Input input, Cursor cursor, const Rows &rows,
                        const Item &item, bool isWhole) {
  bool isQ = input == Input::Q, isK = input == Input::K;
  Value empty = isQ ? shared.qEmpty : isK ? shared.kEmpty : shared.vEmpty;
  Value full = isQ ? shared.qFull : isK ? shared.kFull : shared.vFull;
  Value ring = isQ ? shared.q : isK ? shared.k : shared.v;
  Value head = isQ ? item.head : kvHead;
  WaitOp::create(b, empty, cursor.stage, b.bitXor(cursor.parity, 1));
  Value tile = stageOf(b, ring, cursor.stage);
  if (way == Way::Map) {
    copyByMap(input, full, cursor.stage, tile, rows.first, head, item);
    return;
  }
  Value source = isQ ? parameters.q : isK ? parameters.k : parameters.v;
  bool isVector = key.access == Access::Rows;
  CopyMethod method = isVector ? CopyMethod::Vectors : CopyMethod::Elements;
  CopyRowsOp::create(b, method, source, item.batch, rows.tokens, head, tile,
                     isWhole);
  if (isVector) {
    ArriveCopiesOp::create(b, full, cursor.stage);
    return;
  }
  FenceTilesOp::create(b);
  ArriveOp::create(b, full, cursor.stage);
}

void Producer::copyByMap(Input input, Value full, Value index, Value tile,
                         Value row, Value head, const Item &item) {
  bool isQ = input == Input::Q;
  const RowMap &rows = isQ ? item.queries : item.keys;
  Value which = isQ ? queryMap : map;
  Value step = b.add(b.div(rows.first, rows.stride), row);
  Value residue = b.rem(rows.first, rows.stride);
  int64_t bytes = cast<TileType>(tile.getType()).getBytes();
  auto copy = [&] {
    ExpectOp::create(b, full, index, b.getI64IntegerAttr(bytes));
    CopyMapOp::create(b, parameters.maps, which, input, step, residue, head,
                      item.batch, tile, full, index);
    return Values();
  };
  // Every thread is counted, whichever way the rows come.
  auto arrive = [&] {
    ArriveOp::create(b, full, index);
    return Values();
  };
  if (isSingleThread())
    copy();
  else
    b.choose(isLeader, copy, arrive);
}
