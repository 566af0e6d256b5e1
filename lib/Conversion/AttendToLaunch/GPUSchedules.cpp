//===- GPUSchedules.cpp - Default schedules of the CUDA kernels -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/GPUSchedules.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;

namespace {
/// Tiles of `keys` rows in `stages` stages.
struct Ring {
  int64_t keys, stages;
};

/// Tiles for D and Dv up to `widest`; see #rdattn.sm90.
struct SM90Tiles {
  int64_t widest;
  Ring ring, gatheredRing;
  int64_t consumers, lanes, causalGroup;
};
} // namespace

/// Wider rows leave room for fewer keys, in shared memory and in registers. The
/// narrowest leave registers for a third consumer; there row copies need some
/// of those that wider tiles would take. Row copies take longer to come than
/// maps: where there is room they are asked for a stage earlier.
static constexpr SM90Tiles kTiles[] = {{64, {128, 2}, {96, 3}, 3, 4, 32},
                                       {128, {128, 2}, {128, 3}, 2, 8, 16},
                                       {192, {112, 2}, {112, 2}, 2, 8, 8},
                                       {256, {80, 2}, {80, 2}, 2, 8, 4}};

static SM90Tiles tilesFor(int64_t columns) {
  for (const SM90Tiles &tiles : kTiles)
    if (columns <= tiles.widest)
      return tiles;
  return std::end(kTiles)[-1];
}

/// Turns at the tensor cores always pay. Where causal makes items unequal, the
/// longest go first.
SM90ScheduleAttr
rdattn::defaultSM90Schedule(MLIRContext *context, int64_t headDim,
                            int64_t valueDim, bool causal,
                            ArrayRef<planner::BranchClasses> branches) {
  SM90Tiles tiles = tilesFor(std::max(headDim, valueDim));
  bool gathered = planner::anyGroup(branches, planner::isGathered);
  Ring ring = gathered ? tiles.gatheredRing : tiles.ring;
  auto order = causal ? TileOrder::LongestFirst : TileOrder::Plain;
  return SM90ScheduleAttr::get(context, 64 * tiles.consumers, ring.keys,
                               ring.stages, tiles.consumers, tiles.lanes,
                               /*pingpong=*/true, order,
                               causal ? tiles.causalGroup : 0);
}

/// Where causal makes items unequal, the longest go first among as many classes
/// and heads as the L2 cache holds the keys and values of.
static constexpr int64_t kCausalGroup = 16;

namespace {
/// Tiles for D and Dv of up to `widestBytes`; see #rdattn.sm80.
struct SM80Tiles {
  int64_t widestBytes, queries, keys, stages, warpgroups;
};
} // namespace

/// What 99 KB of shared memory and 255 registers a thread have room for.
static constexpr SM80Tiles kSM80Tiles[] = {{128, 128, 64, 2, 1},
                                           {256, 128, 64, 2, 2},
                                           {384, 128, 32, 2, 2},
                                           {512, 64, 32, 2, 1}};
/// Of f32 a row is twice as long, and p takes four times the registers: both
/// parts of each weight.
static constexpr SM80Tiles kSM80FloatTiles[] = {{256, 128, 32, 2, 2},
                                                {512, 64, 32, 2, 1},
                                                {768, 64, 16, 2, 1},
                                                {1024, 64, 16, 1, 1}};

SM80ScheduleAttr rdattn::defaultSM80Schedule(MLIRContext *context,
                                             int64_t headDim, int64_t valueDim,
                                             Type elementType, bool causal) {
  int64_t bytes =
      std::max(headDim, valueDim) * elementType.getIntOrFloatBitWidth() / 8;
  ArrayRef<SM80Tiles> known = kSM80Tiles;
  if (elementType.isF32())
    known = kSM80FloatTiles;
  const SM80Tiles *tiles = known.begin();
  while (tiles->widestBytes < bytes && tiles + 1 != known.end())
    ++tiles;
  auto order = causal ? TileOrder::LongestFirst : TileOrder::Plain;
  return SM80ScheduleAttr::get(context, tiles->queries, tiles->keys,
                               tiles->stages, tiles->warpgroups, order,
                               causal ? kCausalGroup : 0);
}
