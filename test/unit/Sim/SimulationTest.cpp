//===- SimulationTest.cpp - Rings that were worked out by hand ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Simulation.h"

#include "gtest/gtest.h"

using namespace rdattn;
using namespace rdattn::sim;

/// One of everything a second, and no node but the one.
static Machine unitMachine() {
  Machine machine;
  machine.link = machine.network = machine.rate = 1;
  machine.nodeNetwork = 8;
  return machine;
}

static constexpr Weights kUnit{1, 1};

/// Ranks that all have these loads.
static RingLoads alike(int64_t ranks,
                       const std::vector<planner::StepLoad> &loads) {
  RingLoads result;
  for (int64_t rank = 0; rank < ranks; ++rank)
    result.append(loads);
  return result;
}

TEST(Simulation, ATransferHidesBehindTheComputationBefore) {
  RingLoads loads = alike(2, {{0, 0, 0, 10}, {1, 4, 4, 10}});
  for (const RankTimes &times : simulate(loads, kUnit, unitMachine())) {
    EXPECT_EQ(times.end, 20);
    EXPECT_EQ(times.waited, 0);
    EXPECT_EQ(times.longest.distance, 0);
    EXPECT_FALSE(times.longest.isBoundByTransfer());
  }
}

TEST(Simulation, ATransferThatTakesLongerIsWaitedFor) {
  RingLoads loads = alike(2, {{0, 0, 0, 10}, {1, 25, 25, 10}});
  for (const RankTimes &times : simulate(loads, kUnit, unitMachine())) {
    EXPECT_EQ(times.end, 35);
    EXPECT_EQ(times.waited, 15);
    EXPECT_EQ(times.longest.distance, 1);
    EXPECT_EQ(times.longest.seconds, 25);
    EXPECT_TRUE(times.longest.isBoundByTransfer());
  }
}

TEST(Simulation, LatenciesAndLaunchesAddUp) {
  RingLoads loads = alike(2, {{0, 0, 0, 10}, {1, 25, 25, 10}});
  Machine machine = unitMachine();
  machine.linkLatency = 2;
  machine.networkLatency = 1000;
  machine.launch = 3;
  EXPECT_EQ(simulate(loads, kUnit, machine)[1].end, 25 + 2 + 3 + 10);
}

TEST(Simulation, WeightsAreThoseOfRowsAndPairs) {
  RingLoads loads = alike(2, {{0, 0, 0, 10}, {1, 25, 25, 10}});
  EXPECT_EQ(simulate(loads, {2, 3}, unitMachine())[0].end, 2 * 25 + 3 * 10);
}

/// Rank 3 receives in three steps, from ranks that only send to the last.
TEST(Simulation, FourRanksOfACausalRing) {
  RingLoads loads;
  loads.append({{0, 0, 0, 2}, {1, 0, 4, 0}, {2, 0, 4, 0}, {3, 0, 4, 0}});
  loads.append({{0, 0, 0, 2}, {1, 4, 4, 3}, {2, 0, 4, 0}, {3, 0, 0, 0}});
  loads.append({{0, 0, 0, 2}, {1, 4, 4, 3}, {2, 4, 0, 3}, {3, 0, 0, 0}});
  loads.append({{0, 0, 0, 2}, {1, 4, 0, 3}, {2, 4, 0, 3}, {3, 4, 0, 3}});
  std::vector<RankTimes> times = simulate(loads, kUnit, unitMachine());
  EXPECT_EQ(times[0].end, 12); // its last send
  EXPECT_EQ(times[1].end, 8);  // a send, after its computation
  EXPECT_EQ(times[2].end, 11);
  EXPECT_EQ(times[3].end, 15);
  EXPECT_EQ(times[3].waited, 2 + 1 + 1);
  EXPECT_EQ(times[3].longest.distance, 1); // from 2 to 7
  EXPECT_EQ(times[3].longest.seconds, 5);
}

TEST(Simulation, TwoBuffersHoldBackTheThirdStep) {
  RingLoads loads =
      alike(4, {{0, 0, 0, 10}, {1, 1, 1, 10}, {2, 1, 1, 10}, {3, 1, 1, 10}});
  std::vector<StepTimes> steps;
  EXPECT_EQ(simulate(loads, kUnit, unitMachine(), 2, &steps)[2].end, 40);
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[1].posted, 0);
  EXPECT_EQ(steps[1].arrived, 1);
  EXPECT_EQ(steps[1].began, 10);
  EXPECT_EQ(steps[1].ended, 20);
  EXPECT_EQ(steps[2].posted, 1);
  EXPECT_EQ(steps[3].posted, 20); // step 1 has left its buffer
  EXPECT_EQ(steps[3].arrived, 21);
  EXPECT_EQ(steps[3].began, 30);
}

/// Rank 0 computes for long and frees no buffer: rank 3 waits for its rows, and
/// rank 1, which has all rows, for its own to be gone.
TEST(Simulation, ASlowRankHoldsUpItsPeers) {
  RingLoads loads;
  loads.append({{0, 0, 0, 50}, {1, 1, 1, 50}, {2, 1, 1, 50}, {3, 1, 1, 50}});
  for (int rank = 1; rank < 4; ++rank)
    loads.append({{0, 0, 0, 1}, {1, 1, 1, 1}, {2, 1, 1, 1}, {3, 1, 1, 1}});
  std::vector<RankTimes> times = simulate(loads, kUnit, unitMachine());
  EXPECT_EQ(times[0].end, 200);
  // Step 3 of rank 0, to rank 3 and from rank 1, is posted at 100.
  EXPECT_EQ(times[3].end, 102);
  EXPECT_EQ(times[1].end, 102);
  EXPECT_EQ(times[2].end, 4);
}

/// Ranks 0 and 1 are one node, 2 and 3 the other.
TEST(Simulation, TransfersShareTheLinkOfTheirNode) {
  RingLoads loads;
  loads.append({{0, 0, 0, 1}, {2, 0, 4, 0}});
  loads.append({{0, 0, 0, 1}, {2, 0, 2, 0}});
  loads.append({{0, 0, 0, 1}, {2, 4, 0, 1}});
  loads.append({{0, 0, 0, 1}, {2, 2, 0, 1}});
  Machine machine = unitMachine();
  machine.node = 2;
  machine.link = 1000;
  machine.nodeNetwork = 1;
  std::vector<RankTimes> times = simulate(loads, kUnit, machine);
  EXPECT_EQ(times[1].end, 4); // at half the rate
  EXPECT_EQ(times[3].end, 5);
  EXPECT_EQ(times[0].end, 6); // and then alone
  EXPECT_EQ(times[2].end, 7);
  machine.nodeNetwork = 2;
  times = simulate(loads, kUnit, machine);
  EXPECT_EQ(times[1].end, 2);
  EXPECT_EQ(times[0].end, 4);
}

/// Ranks 3 and 4, of two nodes, send to ranks 0 and 1 of one.
TEST(Simulation, TransfersShareWhatEntersTheirNode) {
  RingLoads loads;
  loads.append({{0, 0, 0, 1}, {3, 4, 0, 1}});
  loads.append({{0, 0, 0, 1}, {3, 2, 0, 1}});
  loads.append({{0, 0, 0, 1}});
  loads.append({{0, 0, 0, 1}, {3, 0, 4, 0}});
  loads.append({{0, 0, 0, 1}, {3, 0, 2, 0}});
  loads.append({{0, 0, 0, 1}});
  Machine machine = unitMachine();
  machine.node = 2;
  machine.nodeNetwork = 1;
  std::vector<RankTimes> times = simulate(loads, kUnit, machine);
  EXPECT_EQ(times[4].end, 4);
  EXPECT_EQ(times[3].end, 6);
}

/// Nodes of one rank: the two directions of a link do not share it.
TEST(Simulation, DirectionsAreApart) {
  RingLoads loads = alike(2, {{0, 0, 0, 1}, {1, 6, 6, 1}});
  Machine machine = unitMachine();
  machine.node = 1;
  machine.nodeNetwork = 1;
  EXPECT_EQ(simulate(loads, kUnit, machine)[0].end, 7);
}

TEST(Simulation, CopiesMayTakePartOfTheRate) {
  RingLoads loads = alike(2, {{0, 0, 0, 10}, {1, 4, 4, 10}});
  Machine machine = unitMachine();
  machine.copyShare = 0.5; // 2 done at 4, when the transfer ends
  EXPECT_EQ(simulate(loads, kUnit, machine)[0].end, 12 + 10);
}

TEST(Simulation, NothingToDoTakesNoTime) {
  for (const RankTimes &times :
       simulate(alike(3, {{0, 0, 0, 0}}), kUnit, unitMachine()))
    EXPECT_EQ(times.end, 0);
}
