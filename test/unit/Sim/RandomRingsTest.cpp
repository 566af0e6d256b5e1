//===- RandomRingsTest.cpp - Random patterns against other definitions ----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RandomPatterns.h"
#include "tools/rdattn-sim/Summary.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <limits>
#include <map>

using namespace rdattn;
using namespace rdattn::sim;
using namespace rdattn::test;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

namespace {
struct RandomRing {
  Case problem;
  std::vector<std::vector<planner::StepLoad>> planned; ///< of each rank
  RingLoads loads;
};
} // namespace

static RandomRing randomRing(Random &random) {
  RandomRing ring;
  planner::Branch branch = randomBranch(random);
  Case &problem = ring.problem;
  problem.sizes = {pick(random, 1, 2), randomTokens(random, branch), 4,
                   pick(random, 0, 1) ? 4 : 2};
  problem.headDim = pick(random, 1, 8);
  problem.valueDim = pick(random, 1, 8);
  problem.elementBytes = 2;
  problem.causal = pick(random, 0, 1);
  problem.ring = {pick(random, 1, 9), planner::Layout(pick(random, 0, 2))};
  planner::RingPlanner planner({planner::expandBranch(branch)}, problem.sizes,
                               problem.causal, problem.ring);
  for (int64_t rank = 0; rank < problem.ring.size; ++rank)
    ring.planned.push_back(planner.load(rank));
  auto violation =
      planLoads(planner, problem.ring.size, [](int64_t) {}, ring.loads);
  EXPECT_FALSE(violation) << *violation;
  return ring;
}

static Machine randomMachine(Random &random) {
  Machine machine;
  machine.node = pick(random, 1, 4);
  machine.link = double(pick(random, 1, 1000));
  machine.network = double(pick(random, 1, 1000));
  machine.nodeNetwork = machine.network * double(machine.node);
  machine.linkLatency = double(pick(random, 0, 3));
  machine.networkLatency = double(pick(random, 0, 30));
  machine.rate = double(pick(random, 1, 1000));
  machine.launch = double(pick(random, 0, 3));
  return machine;
}

static Machine instantMachine(double rate) {
  Machine machine;
  machine.link = machine.network = machine.nodeNetwork = kInfinity;
  machine.rate = rate;
  return machine;
}

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

/// The rows that each node sends to others.
static std::vector<double> rowsLeaving(const RandomRing &ring, int64_t node) {
  int64_t size = ring.problem.ring.size;
  std::vector<double> rows(size / node + 1);
  for (int64_t rank = 0; rank < size; ++rank)
    for (const planner::StepLoad &step : ring.planned[rank])
      if (rank / node != (rank + step.distance) % size / node)
        rows[rank / node] += double(step.sentRows);
  return rows;
}

TEST(RandomRings, ObeyTheBoundsOfWorkAndBytes) {
  Random random(3);
  for (int i = 0; i < 400; ++i) {
    RandomRing ring = randomRing(random);
    Machine machine = randomMachine(random);
    machine.nodeNetwork = double(pick(random, 1, 1000));
    machine.copyShare = double(pick(random, 0, 1)) * 0.3;
    Weights weights = weightsOf(ring.problem);
    std::vector<RankTimes> times = simulate(ring.loads, weights, machine);
    double fastest = std::max(machine.link, machine.network);
    for (int64_t rank = 0; rank < ring.loads.ranks(); ++rank) {
      Load total = ring.loads.total(rank);
      double work = double(total.pairs) * weights.flopsPerPair / machine.rate;
      double most = double(std::max(total.receivedRows, total.sentRows));
      double end = times[rank].end * (1 + 1e-12);
      ASSERT_GE(end, work);
      ASSERT_GE(end, most * weights.bytesPerRow / fastest);
      ASSERT_GE(end, work + times[rank].waited);
    }
    double end = 0;
    for (const RankTimes &rank : times)
      end = std::max(end, rank.end);
    for (double rows : rowsLeaving(ring, machine.node))
      ASSERT_GE(end * (1 + 1e-12),
                rows * weights.bytesPerRow / machine.nodeNetwork);
  }
}

/// A rank may wait for one that computes for longer in an earlier step, as that
/// has no buffer for the next: never longer than if all waited for each other
/// after every step.
TEST(RandomRings, InstantTransfersLeaveTheWork) {
  Random random(4);
  for (int i = 0; i < 400; ++i) {
    RandomRing ring = randomRing(random);
    Machine machine = instantMachine(double(pick(random, 1, 1000)));
    Weights weights = weightsOf(ring.problem);
    std::vector<RankTimes> times = simulate(ring.loads, weights, machine);
    Summary summary = summarize(ring.problem, machine, ring.loads, times);
    double most = 0, sum = 0, apart = 0;
    auto seconds = [&](int64_t pairs) {
      return double(pairs) * weights.flopsPerPair / machine.rate;
    };
    for (int64_t rank = 0; rank < ring.loads.ranks(); ++rank) {
      most = std::max(most, seconds(ring.loads.total(rank).pairs));
      sum += seconds(ring.loads.total(rank).pairs);
    }
    for (size_t step = 0; step < ring.planned[0].size(); ++step) {
      double longest = 0;
      for (const std::vector<planner::StepLoad> &rank : ring.planned)
        longest = std::max(longest, seconds(rank[step].pairs));
      apart += longest;
    }
    ASSERT_GE(summary.seconds, most * (1 - 1e-12));
    ASSERT_LE(summary.seconds, apart * (1 + 1e-12));
    double ranks = double(ring.loads.ranks());
    ASSERT_NEAR(summary.efficiency * summary.seconds * ranks, sum, 1e-9 * sum);
    ASSERT_NEAR(summary.imbalance * sum, most * ranks, 1e-9 * sum);
  }
}

TEST(RandomRings, InstantTransfersOfDenseRingsLeaveTheMostWork) {
  Random random(5);
  for (int i = 0; i < 100; ++i) {
    Case problem;
    problem.causal = pick(random, 0, 1);
    problem.ring = {pick(random, 1, 12), problem.causal
                                             ? planner::Layout::ZigZag
                                             : planner::Layout::Contiguous};
    problem.sizes = {1, 2 * problem.ring.size * pick(random, 1, 40), 1, 1};
    problem.headDim = problem.valueDim = 1;
    planner::RingPlanner planner(
        {planner::expandBranch({{{problem.sizes.tokens}}})}, problem.sizes,
        problem.causal, problem.ring);
    RingLoads loads;
    planLoads(planner, problem.ring.size, [](int64_t) {}, loads);
    Machine machine = instantMachine(4);
    Summary summary = summarize(problem, machine, loads,
                                simulate(loads, weightsOf(problem), machine));
    double tokens = double(problem.sizes.tokens);
    double pairs = problem.causal ? tokens * (tokens + 1) / 2 : tokens * tokens;
    ASSERT_EQ(summary.imbalance, 1);
    ASSERT_NEAR(summary.seconds, pairs / double(problem.ring.size),
                1e-9 * pairs);
  }
}
