//===- Producer.cpp - The copying warpgroup -------------------------------- ---===//
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

/// Enough cursors for two rings, and for the turn.
static Cursor kCursor(ValueRange values) { return {values[0], values[1]}; }
static Cursor vCursor(ValueRange values) { return {values[2], values[3]}; }

void Producer::build() {
  Value thread = b.toI32(
      gpu::ThreadIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
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

/// The item's row of the table and its branch; batch -1 past the last.
Producer::Values Producer::wordsOf(Value number) {
  Value inside = b.less(number, b.dim(parameters.items, 0));
  auto load = [&] {
    Values words;
    for (int64_t column = 0; column < planner::kWorkItemColumns; ++column)
      words.push_back(b.load(parameters.items, {number, b.i32(column)}));
    Value branch = b.i32(0);
    if (key.merges) {
      Value last = b.sub(b.dim(parameters.phases, 0), 1);
      branch = b.loop(b.i32(1), last, 1, branch,
                      [&](Value i, ValueRange carried) {
                        Value starts = b.load(parameters.phases, i);
                        Value isPast = b.lessEqual(starts, number);
                        return Values{b.select(isPast, i, carried[0])};
                      })
                   .front();
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

/// Hands item `number` to everyone as the block's item `turn`.
void Producer::post(Value number, Value turn) {
  Cursor slot = kernel.slotOf(turn);
  Values words = wordsOf(number);
  WaitOp::create(b, shared.itemEmpty, slot.stage, b.bitXor(slot.parity, 1));
  for (auto [index, word] : llvm::enumerate(words))
    b.store(word, shared.items, {slot.stage, b.i32(index)});
  ArriveOp::create(b, shared.itemFull, slot.stage);
}

void Producer::buildLoop() {
  asLeader([&] {
    Value block = b.toI32(
        gpu::BlockIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
    post(block, b.i32(0));
  });

  SmallVector<Type> carried(5, b.getI32Type());
  auto loop = scf::WhileOp::create(
      b, SmallVector<Type>(carried.size() + Item::kWords, b.getI32Type()),
      Values(carried.size(), b.i32(0)));
  SmallVector<Location> locations(carried.size(), b.getLoc());
  Block *before =
      b.createBlock(&loop.getBefore(), {}, carried, locations);
  Values forwarded(before->getArguments());
  Cursor slot = kernel.slotOf(forwarded[0]);
  WaitOp::create(b, shared.itemFull, slot.stage, slot.parity);
  Values words;
  for (int64_t word = 0; word < Item::kWords; ++word)
    words.push_back(b.load(shared.items, {slot.stage, b.i32(word)}));
  if (isSingleThread())
    ArriveOp::create(b, shared.itemEmpty, slot.stage);
  else
    ArriveWarpOp::create(b, shared.itemEmpty, slot.stage);
  llvm::append_range(forwarded, words);
  scf::ConditionOp::create(b, b.lessEqual(b.i32(0), words.front()), forwarded);

  locations.append(Item::kWords, b.getLoc());
  Block *after = b.createBlock(&loop.getAfter(), {},
                               ValueRange(forwarded).getTypes(), locations);
  Value turn = after->getArgument(0);
  ValueRange cursors = after->getArguments().slice(1, 4);
  Item item = Item::fromWords(after->getArguments().drop_front(5));
  Value nextTurn = b.add(turn, 1);
  asLeader(
      [&] { post(NextItemOp::create(b, b.getI32Type(), parameters.counter), nextTurn); });
  Values results{nextTurn};
  llvm::append_range(results, copyItem(item, turn, cursors));
  scf::YieldOp::create(b, results);
  b.setInsertionPointAfter(loop);
  asLeader([&] { RetireOp::create(b, parameters.counter); });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// The last tile first, so that masks come first; k runs one tile ahead of v.
Producer::Values Producer::copyItem(const Item &item, Value turn,
                                    ValueRange cursors) {
  KeyTiles tiles = kernel.keyTiles(item);
  Value last = b.sub(tiles.count, 1);
  auto rowOf = [&](Value tile) {
    return b.add(tiles.begin, b.mul(tile, key.keys));
  };
  Value heads = b.dim(parameters.q, 2), kvHeads = b.dim(parameters.k, 2);
  kvHead = b.div(item.head, b.div(heads, kvHeads));
  if (kernel.hasMaps()) {
    Value end = b.add(item.first, b.mul(b.sub(item.rows, 1), item.stride));
    map = FindMapOp::create(b, b.getI32Type(), parameters.maps, item.stride, end);
    if (key.gathered)
      map = b.select(b.less(item.list, b.i32(0)), map, b.i32(-1));
  }

  Cursor k = kCursor(cursors), v = vCursor(cursors);
  copyTile(Input::K, shared.kFull, shared.k, k, rowOf(last), item);
  Cursor q = {b.i32(0), b.bitAnd(turn, 1)};
  copyTile(Input::Q, shared.qFull, shared.q, q, item.row, item);
  k = kernel.next(k);
  Values initial{k.stage, k.parity, v.stage, v.parity};
  Values results =
      b.loop(b.i32(1), tiles.count, 1, initial, [&](Value i, ValueRange now) {
        Value tile = b.sub(last, i);
        copyTile(Input::K, shared.kFull, shared.k, kCursor(now), rowOf(tile),
                 item);
        copyTile(Input::V, shared.vFull, shared.v, vCursor(now),
                 rowOf(b.add(tile, 1)), item);
        Cursor nextK = kernel.next(kCursor(now)), nextV = kernel.next(vCursor(now));
        return Values{nextK.stage, nextK.parity, nextV.stage, nextV.parity};
      });
  copyTile(Input::V, shared.vFull, shared.v, vCursor(results), rowOf(b.i32(0)),
           item);
  v = kernel.next(vCursor(results));
  return {results[0], results[1], v.stage, v.parity};
}

/// Waits for the stage to be free, then fills it with rows from `row` on.
void Producer::copyTile(Input input, Value barriers, Value ring, Cursor cursor,
                        Value row, const Item &item) {
  Value empty = input == Input::Q   ? shared.qEmpty
                : input == Input::K ? shared.kEmpty
                                    : shared.vEmpty;
  WaitOp::create(b, empty, cursor.stage, b.bitXor(cursor.parity, 1));
  auto type = cast<RingType>(ring.getType());
  Value tile = StageOp::create(b, type.getTile(), ring, cursor.stage);
  auto byMap = [&] {
    copyByMap(input, barriers, tile, cursor.stage, row, item);
    return Values();
  };
  auto byRows = [&] {
    copyByRows(input, barriers, tile, cursor.stage, row, item);
    return Values();
  };
  switch (key.access) {
  case Access::Map:
    byMap();
    return;
  case Access::Rows:
    b.choose(b.lessEqual(b.i32(0), map), byMap, byRows);
    return;
  case Access::Elements:
    byRows();
    return;
  }
}

void Producer::copyByMap(Input input, Value barriers, Value tile, Value index,
                         Value row, const Item &item) {
  Value step = b.add(b.div(item.first, item.stride), row);
  Value residue = b.rem(item.first, item.stride);
  Value head = input == Input::Q ? item.head : kvHead;
  int64_t bytes = cast<TileType>(tile.getType()).getBytes();
  auto copy = [&] {
    ExpectOp::create(b, barriers, index, b.getI64IntegerAttr(bytes));
    CopyMapOp::create(b, parameters.maps, map, input, step, residue, head,
                      item.batch, tile, barriers, index);
  };
  if (isSingleThread()) {
    copy();
    return;
  }
  // Every thread is counted, whichever way the rows come.
  auto arrive = [&] {
    ArriveOp::create(b, barriers, index);
    return Values();
  };
  b.choose(
      isLeader,
      [&] {
        copy();
        return Values();
      },
      arrive);
}

void Producer::copyListed(CopyMethod method, Value source, Value head,
                          Value tile, Value row, const Item &item,
                          bool isListed) {
  auto copy = CopyRowsOp::create(b, method, source, item.batch, head, tile,
                                 kWarpgroupThreads, key.lanes);
  OpBuilder::InsertionGuard guard(b);
  Block *block =
      b.createBlock(&copy.getBody(), {}, b.getI32Type(), b.getLoc());
  Value number = b.add(row, block->getArgument(0));
  Value exists = b.less(number, item.rows);
  // A row that does not exist reads the entry of one that does.
  Value existing = b.select(exists, number, row);
  Value token = isListed ? kernel.tokenOfListed(item, existing)
                         : kernel.tokenOfStrided(item, existing);
  YieldOp::create(b, b.select(exists, token, b.i32(-1)));
}

void Producer::copyByRows(Input input, Value barriers, Value tile, Value index,
                          Value row, const Item &item) {
  bool isVector = key.access == Access::Rows;
  CopyMethod method = isVector ? CopyMethod::Vectors : CopyMethod::Elements;
  Value source = input == Input::Q   ? parameters.q
                 : input == Input::K ? parameters.k
                                     : parameters.v;
  Value head = input == Input::Q ? item.head : kvHead;
  auto copy = [&](bool isListed) {
    copyListed(method, source, head, tile, row, item, isListed);
    return Values();
  };
  if (key.gathered)
    b.choose(
        b.lessEqual(b.i32(0), item.list), [&] { return copy(true); },
        [&] { return copy(false); });
  else
    copy(false);
  if (isVector) {
    ArriveCopiesOp::create(b, barriers, index);
    return;
  }
  FenceTilesOp::create(b);
  ArriveOp::create(b, barriers, index);
}
