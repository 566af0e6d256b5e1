//===- RandomRingsTest.cpp - Random rings against other definitions -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Sim/RandomRings.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <map>

using namespace rdattn;
using namespace rdattn::sim;
using namespace rdattn::test;

/// When each rank is done, computed distance after distance: what a step waits
/// for has a shorter distance. Links that are shared have no such order.
static std::vector<double> endsOf(const RandomRing &ring,
                                  const Machine &machine) {
  int64_t size = ring.problem.ring.size;
  Weights weights = weightsOf(ring.problem);
  struct Rank {
    double moved = 0, computed = 0;
    std::vector<double> freed = {0, 0}; ///< of the buffers, as they are filled
  };
  std::vector<Rank> ranks(size);
  auto compute = [&](Rank &rank, double from, int64_t pairs) {
    if (pairs > 0)
      rank.computed = std::max(from, rank.computed) + machine.launch +
                      double(pairs) * weights.flopsPerPair / machine.rate;
  };
  for (int64_t r = 0; r < size; ++r)
    compute(ranks[r], 0, ring.planned[r][0].pairs);
  for (size_t step = 1; step < ring.planned[0].size(); ++step) {
    int64_t distance = ring.planned[0][step].distance;
    std::vector<double> posted(size);
    for (int64_t r = 0; r < size; ++r) {
      posted[r] = ranks[r].moved;
      if (ring.planned[r][step].receivedRows > 0)
        posted[r] =
            std::max(posted[r], ranks[r].freed[ranks[r].freed.size() - 2]);
    }
    for (int64_t r = 0; r < size; ++r) {
      int64_t sender = (r - distance + size) % size;
      int64_t rows = ring.planned[r][step].receivedRows;
      if (rows == 0)
        continue;
      bool inside = sender / machine.node == r / machine.node;
      double end = std::max(posted[r], posted[sender]) +
                   (inside ? machine.linkLatency : machine.networkLatency) +
                   double(rows) * weights.bytesPerRow /
                       (inside ? machine.link : machine.network);
      ranks[r].moved = std::max(ranks[r].moved, end);
      ranks[sender].moved = std::max(ranks[sender].moved, end);
    }
    for (int64_t r = 0; r < size; ++r)
      if (ring.planned[r][step].receivedRows > 0) {
        compute(ranks[r], ranks[r].moved, ring.planned[r][step].pairs);
        ranks[r].freed.push_back(ranks[r].computed);
      }
  }
  std::vector<double> ends;
  ends.reserve(ranks.size());
  for (const Rank &rank : ranks)
    ends.push_back(std::max(rank.moved, rank.computed));
  return ends;
}

TEST(RandomRings, EndWhenTheirStepsDo) {
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    RandomRing ring = randomRing(random);
    Machine machine = randomMachine(random);
    std::vector<double> ends = endsOf(ring, machine);
    std::vector<RankTimes> times =
        simulate(ring.loads, weightsOf(ring.problem), machine);
    for (size_t rank = 0; rank < ends.size(); ++rank)
      ASSERT_NEAR(times[rank].end, ends[rank], 1e-9 * ends[rank])
          << "rank " << rank << " of ring " << i;
  }
}

TEST(RandomRings, HoldWhatThePlannerSays) {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    RandomRing ring = randomRing(random);
    for (int64_t rank = 0; rank < ring.problem.ring.size; ++rank) {
      std::map<int64_t, Load> loads;
      for (const RingLoads::Step &step : ring.loads.stepsOf(rank))
        loads[step.distance] = ring.loads[step];
      for (const planner::StepLoad &planned : ring.planned[rank])
        ASSERT_TRUE(
            (loads[planned.distance] ==
             Load{planned.receivedRows, planned.sentRows, planned.pairs}));
    }
  }
}
