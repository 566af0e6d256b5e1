//===- BoundsTest.cpp - What no ring can be faster than -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Sim/RandomRings.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <limits>

using namespace rdattn;
using namespace rdattn::sim;
using namespace rdattn::test;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

static Machine instantMachine(double rate) {
  Machine machine;
  machine.link = machine.network = machine.nodeNetwork = kInfinity;
  machine.rate = rate;
  return machine;
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

TEST(Bounds, ObeyTheBoundsOfWorkAndBytes) {
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
TEST(Bounds, InstantTransfersLeaveTheWork) {
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

TEST(Bounds, InstantTransfersOfDenseRingsLeaveTheMostWork) {
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
