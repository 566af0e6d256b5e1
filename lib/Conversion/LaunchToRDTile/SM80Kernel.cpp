//===- SM80Kernel.cpp - Items and copies of a kernel for sm_80 ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/SM80Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

/// Threads that copy one row together: one 16-byte part each of a panel's row.
static constexpr int64_t kLanes = 8;

void SM80Kernel::createSharedMemory() {
  q = placeRing(1, key.queries, key.headDim);
  k = placeRing(key.stages, key.keys, key.headDim);
  v = placeRing(key.stages, key.keys, key.valueDim);
  items = placeItems();
  bytes = llvm::alignTo(bytes, 128);
}

gpu::GPUFuncOp SM80Kernel::build(StringRef name) {
  OpBuilder::InsertionGuard guard(b);
  createFunction(name);
  createSharedMemory();
  Value thread =
      b.toI32(gpu::ThreadIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
  isLeader = b.equal(thread, b.i32(0));
  Value firstBlock = b.mul(b.div(thread, kWarpgroupThreads), key.fragments);
  firstRow = b.mul(firstBlock, kFragmentRows);
  Value scale2 = QueryRows::log2Scale(b, parameters.scale);
  for (int64_t i = 0; i < key.fragments; ++i) {
    blocks.emplace_back(*this, b.add(firstBlock, i));
    blocks.back().setScale(scale2);
  }
  buildLoop();
  gpu::ReturnOp::create(b);
  return function;
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

/// Hands item `number` to everyone as the block's item `turn`.
void SM80Kernel::post(Value number, Value turn) {
  Value slot = b.bitAnd(turn, kItemSlots - 1);
  for (auto [index, word] : llvm::enumerate(wordsOf(number)))
    b.store(word, items, {slot, b.i32(index)});
}

void SM80Kernel::buildLoop() {
  b.when(isLeader, [&] {
    Value block =
        b.toI32(gpu::BlockIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
    post(block, b.i32(0));
  });
  gpu::BarrierOp::create(b);

  forEachItem(
      0,
      [&](Value turn) {
        return wordsIn(items, b.bitAnd(turn, kItemSlots - 1));
      },
      [&](const Item &item, Value turn, ValueRange) {
        computeItem(item, turn);
        return Values();
      });
  b.when(isLeader, [&] { RetireOp::create(b, parameters.counter); });
}

/// The next item is fetched while the first tiles are on their way.
void SM80Kernel::computeItem(const Item &item, Value turn) {
  KeyTiles tiles = keyTiles(item);
  kvHead = kvHeadOf(item);
  Value tokens = copyFirst(item, tiles);
  b.when(isLeader, [&] {
    post(NextItemOp::create(b, b.getI32Type(), parameters.counter),
         b.add(turn, 1));
  });
  negateQueries();
  State state = allTiles(item, tiles, firstState(item, tokens));
  // The next item's copies overwrite what this one's warps read.
  gpu::BarrierOp::create(b);
  for (auto [block, rows] : llvm::zip(blocks, state.rows))
    block.writeResults(item, rows);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

Value SM80Kernel::tokensOf(const RowMap &map, Value first, int64_t rows) {
  auto type = TokensType::get(b.getContext(), rows, key.threads(), kLanes);
  return lookup(type, map, first, /*isWhole=*/false,
                [&](Value row) { return tokenOf(map, row); });
}

/// The tokens of a tile, or any of the class where there is no such tile.
Value SM80Kernel::tokensOfTile(const Item &item, const KeyTiles &tiles,
                               Value index) {
  Value existing = b.max(index, b.i32(0));
  return tokensOf(item.keys, b.add(tiles.begin, b.mul(existing, key.keys)),
                  key.keys);
}

void SM80Kernel::copyRows(Value source, Value ring, Value stage, Value tokens,
                          const Item &item, Value head, bool isWhole) {
  CopyMethod method = isVector() ? CopyMethod::Vectors : CopyMethod::Elements;
  CopyRowsOp::create(b, method, source, item.batch, tokens, head,
                     stageOf(b, ring, stage), isWhole);
}

void SM80Kernel::copyTile(const Item &item, Value stage, Value tokens,
                          bool isWhole) {
  copyRows(parameters.k, k, stage, tokens, item, kvHead, isWhole);
  copyRows(parameters.v, v, stage, tokens, item, kvHead, isWhole);
}

/// Elements have arrived when their copy returns.
void SM80Kernel::commit() {
  if (isVector())
    CommitCopiesOp::create(b);
}

void SM80Kernel::await(int64_t inFlight) {
  if (isVector())
    WaitCopiesOp::create(b, inFlight);
  gpu::BarrierOp::create(b);
}

/// Starts the queries and the tiles ahead of the first step: from the last
/// down, so that masks come first. Gives the tokens that the first step copies.
Value SM80Kernel::copyFirst(const Item &item, const KeyTiles &tiles) {
  Value last = b.sub(tiles.count, 1);
  Value tokens = tokensOfTile(item, tiles, last);
  copyRows(parameters.q, q, b.i32(0),
           tokensOf(item.queries, item.row, key.queries), item, item.head,
           /*isWhole=*/false);
  if (ahead() == 0)
    commit();
  for (int64_t i = 0; i < ahead(); ++i) {
    auto copy = [&] { copyTile(item, b.i32(i), tokens, /*isWhole=*/i > 0); };
    if (i == 0)
      copy();
    else
      b.when(b.less(b.i32(i), tiles.count), copy);
    commit();
    tokens = tokensOfTile(item, tiles, b.sub(last, i + 1));
  }
  return tokens;
}

/// Makes tile `index` ready to read, and starts the copy of the one that goes
/// into the stage that the step before has left.
Value SM80Kernel::copyAhead(const Item &item, const KeyTiles &tiles,
                            Value index, const State &state) {
  if (ahead() == 0) {
    gpu::BarrierOp::create(b);
    copyTile(item, state.stage, state.tokens, /*isWhole=*/false);
    commit();
    await(0);
    return tokensOfTile(item, tiles, b.sub(index, 1));
  }
  await(ahead() - 1);
  Value free = b.select(b.equal(state.stage, b.i32(0)), b.i32(ahead()),
                        b.sub(state.stage, 1));
  b.when(b.lessEqual(b.i32(ahead()), index),
         [&] { copyTile(item, free, state.tokens, /*isWhole=*/true); });
  commit();
  return tokensOfTile(item, tiles, b.sub(index, ahead() + 1));
}
