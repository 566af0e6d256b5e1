//===- RandomRings.cpp - Random patterns on random machines ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Sim/RandomRings.h"

#include "gtest/gtest.h"

namespace rdattn::test {

using sim::Case;
using sim::Machine;

RandomRing randomRing(Random &random) {
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
      sim::planLoads(planner, problem.ring.size, [](int64_t) {}, ring.loads);
  EXPECT_FALSE(violation) << *violation;
  return ring;
}

Machine randomMachine(Random &random) {
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

} // namespace rdattn::test
