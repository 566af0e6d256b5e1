//===- SM80Tiles.cpp - The loop over key tiles of a kernel for sm_80 ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/SM80Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

SM80Kernel::Values SM80Kernel::State::values() const {
  Values values{stage, tokens};
  for (const RowsState &block : rows)
    values.append({block.o, block.maxima, block.sums});
  return values;
}

SM80Kernel::State SM80Kernel::State::fromValues(ValueRange values) {
  State state{{}, values[0], values[1]};
  for (size_t i = 2; i < values.size(); i += 3)
    state.rows.push_back({Value(), values[i], values[i + 1], values[i + 2]});
  return state;
}

SM80Kernel::State SM80Kernel::firstState(const Item &item, Value tokens) {
  State state{{}, b.i32(0), tokens};
  for (QueryRows &block : blocks)
    state.rows.push_back(block.firstState(item));
  return state;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// A negative scale changes the sign of the queries.
void SM80Kernel::negateQueries() {
  Value isNegative = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                           parameters.scale, b.f32(0));
  b.when(isNegative, [&] {
    await(0);
    for (int64_t i = 0; i < key.fragments; ++i)
      NegateRowsOp::create(b, stageOf(b, q, b.i32(0)),
                           b.add(firstRow, i * kFragmentRows));
  });
}

SM80Kernel::Values SM80Kernel::scoresOf(Value stage) {
  SmallVector<Type> types(key.fragments,
                          PendingType::get(b.getContext(), key.keys));
  auto products = StartScoresOp::create(b, types, stageOf(b, q, b.i32(0)),
                                        firstRow, stageOf(b, k, stage));
  Values scores;
  for (Value pending : products.getScores())
    scores.push_back(waitMma(b, pending, 0));
  return scores;
}

void SM80Kernel::addOutputs(State &state) {
  Values weights, before;
  for (const RowsState &block : state.rows) {
    weights.push_back(block.p);
    before.push_back(block.o);
  }
  SmallVector<Type> types(
      key.fragments, PendingType::get(b.getContext(), key.outputColumns()));
  auto products = StartOutputsOp::create(b, types, weights,
                                         stageOf(b, v, state.stage), before);
  for (auto [block, pending] : llvm::zip(state.rows, products.getSums()))
    block.o = waitMma(b, pending, 0);
}

SM80Kernel::State SM80Kernel::tile(const Item &item, const KeyTiles &tiles,
                                   Value index, bool hides, State state) {
  state.tokens = copyAhead(item, tiles, index, state);
  Values scores = scoresOf(state.stage);
  for (auto [block, rows, values] : llvm::zip(blocks, state.rows, scores)) {
    if (hides)
      values = block.mask(item, tiles, index, values);
    Value rescale;
    block.softmax(values, rows, rescale);
    rows.o = block.rescaled(rows.o, rescale);
  }
  addOutputs(state);
  Value next = b.add(state.stage, 1);
  state.stage = b.select(b.equal(next, b.i32(key.stages)), b.i32(0), next);
  return state;
}

/// The last tile may reach past the class.
SM80Kernel::State SM80Kernel::allTiles(const Item &item, const KeyTiles &tiles,
                                       State state) {
  Value last = b.sub(tiles.count, 1);
  for (const TileRange &range :
       rangesOf(item, queriesOf(item), tiles, tiles.count, last))
    state =
        forTiles<State>(range, state, [&](Value index, const State &before) {
          return tile(item, tiles, index, range.hides, before);
        });
  return state;
}
