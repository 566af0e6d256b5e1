//===- Consumer.cpp - A computing warpgroup -------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/SM90Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

/// Named barriers: 0 is the block's. From these on, one for each warpgroup: its
/// turn at the tensor cores, and its own threads.
static constexpr int64_t kTurnBarriers = 1;
static constexpr int64_t kGroupBarriers = 4;

I32Builder::Values Consumer::State::values() const {
  return {p, o, maxima, sums, k.stage, k.parity, v.stage, v.parity};
}

Consumer::State Consumer::State::fromValues(ValueRange s) {
  return {{s[0], s[1], s[2], s[3]}, {s[4], s[5]}, {s[6], s[7]}};
}

//===----------------------------------------------------------------------===//
// The loop over items
//===----------------------------------------------------------------------===//

void Consumer::build() {
  scale2 = log2Scale(b, parameters.scale);
  if (key.pingpong) {
    // The first warpgroup begins: the last one passes it the turn.
    Value isLast = b.equal(warpgroup, b.i32(key.consumers - 1));
    b.when(isLast, [&] { passTurn(); });
  }
  kernel.forEachItem(
      kCursorWords,
      [&](Value turn) {
        return kernel.takeItem(turn, [&](Cursor slot) {
          ArriveWarpOp::create(b, shared.itemEmpty, slot.stage);
        });
      },
      [&](const Item &item, Value turn, ValueRange cursors) {
        return computeItem(item, turn, cursors);
      });
  if (key.pingpong) {
    // Nobody waits for the turn that is left over: take it.
    Value isFirst = b.equal(warpgroup, b.i32(0));
    b.when(isFirst, [&] { takeTurn(); });
  }
}

I32Builder::Values Consumer::computeItem(const Item &item, Value turn,
                                         ValueRange cursors) {
  KeyTiles tiles = kernel.keyTiles(item);
  queries = rowsOf(item);
  prepareQueries(turn);
  Values first(cursors);
  if (maySkipTiles()) {
    Value copied = tiles.count;
    Value seen = b.sub(kernel.keyEnd(item, queries), tiles.begin);
    tiles.count = b.ceilDiv(seen, key.keys);
    first = skipTiles(b.sub(copied, tiles.count), cursors);
  }
  State state = firstTile(item, tiles, first);
  if (key.hasMaps())
    zeroPastClass(item, tiles, state.v);
  state = allTiles(item, tiles, state);
  ArriveWarpOp::create(b, shared.qEmpty, b.i32(0));
  state.o = lastOutputs(state);
  state.v = kernel.next(state.v);
  writeResults(item, state);
  return {state.k.stage, state.k.parity, state.v.stage, state.v.parity};
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

QueryRange Consumer::rowsOf(const Item &item) {
  Value first = b.add(item.row, b.mul(warpgroup, kFragmentRows));
  return {first, b.min(item.queries.rows, b.add(first, kFragmentRows))};
}

/// Whether keys may end a tile earlier for one warpgroup than for another. On
/// the diagonal alone they do not where a tile of keys is cut at every multiple
/// of the queries.
bool Consumer::maySkipTiles() const {
  return key.windowed ||
         (key.causal && (key.ring || key.keys % key.queries != 0));
}

/// Lets go of the last tiles, which only other warpgroups see. They are waited
/// for all the same: an arrival must not come before its phase.
I32Builder::Values Consumer::skipTiles(Value count, ValueRange cursors) {
  return b.loop(b.i32(0), count, 1, cursors, [&](Value, ValueRange carried) {
    Cursor k{carried[0], carried[1]}, v{carried[2], carried[3]};
    WaitOp::create(b, shared.kFull, k.stage, k.parity);
    if (key.pingpong) {
      takeTurn();
      passTurn();
    }
    release(shared.kEmpty, k);
    WaitOp::create(b, shared.vFull, v.stage, v.parity);
    release(shared.vEmpty, v);
    k = kernel.next(k);
    v = kernel.next(v);
    return Values{k.stage, k.parity, v.stage, v.parity};
  });
}

/// Row copies and stores are seen by products after a fence alone.
void Consumer::waitFor(Value barriers, Cursor cursor) {
  WaitOp::create(b, barriers, cursor.stage, cursor.parity);
  if (key.access == Access::Rows)
    FenceTilesOp::create(b);
}

void Consumer::release(Value barriers, Cursor cursor) {
  ArriveWarpOp::create(b, barriers, cursor.stage);
}

/// A negative scale changes the sign of this warpgroup's queries.
void Consumer::prepareQueries(Value turn) {
  waitFor(shared.qFull, {b.i32(0), b.bitAnd(turn, 1)});
  Value isNegative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                           parameters.scale, b.f32(0));
  b.when(isNegative, [&] {
    NegateRowsOp::create(b, stageOf(b, shared.q, b.i32(0)),
                         b.mul(warpgroup, kFragmentRows));
    FenceTilesOp::create(b);
    SyncWarpsOp::create(b, b.add(warpgroup, kGroupBarriers),
                        b.getI64IntegerAttr(kWarpgroupThreads));
  });
}

/// The last tile of v may reach past the class, where a map brings another
/// class's rows: they must not be infinite. Every warpgroup writes all zeros
/// that it will read.
void Consumer::zeroPastClass(const Item &item, const KeyTiles &tiles,
                             Cursor v) {
  Value first = b.add(tiles.begin, b.mul(b.sub(tiles.count, 1), key.keys));
  Value held = b.sub(item.keys.rows, first);
  b.when(b.less(held, b.i32(key.keys)), [&] {
    WaitOp::create(b, shared.vFull, v.stage, v.parity);
    ZeroRowsOp::create(b, stageOf(b, shared.v, v.stage), held);
    FenceTilesOp::create(b);
    SyncWarpsOp::create(b, b.add(warpgroup, kGroupBarriers),
                        b.getI64IntegerAttr(kWarpgroupThreads));
  });
}

Value Consumer::startScores(Cursor cursor) {
  Value first = b.mul(warpgroup, kFragmentRows);
  auto type = PendingType::get(b.getContext(), key.keys);
  return StartScoresOp::create(b, TypeRange(type),
                               stageOf(b, shared.q, b.i32(0)), first,
                               stageOf(b, shared.k, cursor.stage))
      .getResult(0);
}

Value Consumer::startOutputs(const State &state) {
  auto type = PendingType::get(b.getContext(), key.outputColumns());
  return StartOutputsOp::create(b, TypeRange(type), state.p,
                                stageOf(b, shared.v, state.v.stage), state.o)
      .getResult(0);
}

/// Named barriers hand the tensor cores from warpgroup to warpgroup, so that
/// one multiplies while another computes its softmax.
void Consumer::takeTurn() {
  SyncWarpsOp::create(b, b.add(warpgroup, kTurnBarriers),
                      b.getI64IntegerAttr(2 * kWarpgroupThreads));
}

void Consumer::passTurn() {
  Value following = b.add(warpgroup, 1);
  following =
      b.select(b.equal(following, b.i32(key.consumers)), b.i32(0), following);
  SignalWarpsOp::create(b, b.add(following, kTurnBarriers),
                        b.getI64IntegerAttr(2 * kWarpgroupThreads));
}

Consumer::State Consumer::firstTile(const Item &item, const KeyTiles &tiles,
                                    ValueRange cursors) {
  State state{firstState(item), {}, {}};
  state.k = {cursors[0], cursors[1]};
  state.v = {cursors[2], cursors[3]};
  waitFor(shared.kFull, state.k);
  if (key.pingpong)
    takeTurn();
  Value pending = startScores(state.k);
  if (key.pingpong)
    passTurn();
  Value scores = waitMma(b, pending, 0);
  release(shared.kEmpty, state.k);
  state.k = kernel.next(state.k);
  scores = mask(item, tiles, b.sub(tiles.count, 1), scores);
  Value rescale;
  softmax(scores, state, rescale);
  if (key.ring)
    state.o = rescaled(state.o, rescale);
  return state;
}

/// The scores of tile `index` are computed while the outputs of the tile
/// before are, and its softmax while the latter still run.
Consumer::State Consumer::tile(const Item &item, const KeyTiles &tiles,
                               Value index, bool hides, const State &before) {
  State state = before;
  waitFor(shared.kFull, state.k);
  if (key.pingpong)
    takeTurn();
  Value pendingScores = startScores(state.k);
  waitFor(shared.vFull, state.v);
  Value pendingOutputs = startOutputs(state);
  if (key.pingpong)
    passTurn();
  Value scores = waitMma(b, pendingScores, 1);
  release(shared.kEmpty, state.k);
  if (hides)
    scores = mask(item, tiles, index, scores);
  Value rescale;
  softmax(scores, state, rescale);
  HoldWaitsOp::create(b, rescale);
  Value o = waitMma(b, pendingOutputs, 0);
  release(shared.vEmpty, state.v);
  state.o = rescaled(o, rescale);
  // Only now are the old weights' registers free.
  state.p = ConvertOp::create(
      b, OperandType::get(b.getContext(), key.keys, key.element), state.p);
  state.k = kernel.next(state.k);
  state.v = kernel.next(state.v);
  return state;
}

/// Tiles from the last but one down to the first.
Consumer::State Consumer::allTiles(const Item &item, const KeyTiles &tiles,
                                   State state) {
  Value top = b.sub(tiles.count, 1);
  for (const TileRange &range :
       kernel.rangesOf(item, queries, tiles, top, /*last=*/top))
    state = kernel.forTiles<State>(
        range, state, [&](Value index, const State &before) {
          return tile(item, tiles, index, range.hides, before);
        });
  return state;
}

Value Consumer::lastOutputs(const State &state) {
  waitFor(shared.vFull, state.v);
  Value o = waitMma(b, startOutputs(state), 0);
  release(shared.vEmpty, state.v);
  return o;
}
