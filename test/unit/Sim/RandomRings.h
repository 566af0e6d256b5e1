//===- RandomRings.h - Random patterns on random machines -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_UNIT_SIM_RANDOMRINGS_H
#define RDATTN_TEST_UNIT_SIM_RANDOMRINGS_H

#include "test/unit/Planner/RandomPatterns.h"
#include "tools/rdattn-sim/Summary.h"

namespace rdattn::test {

struct RandomRing {
  sim::Case problem;
  std::vector<std::vector<planner::StepLoad>> planned; ///< of each rank
  sim::RingLoads loads;
};

RandomRing randomRing(Random &random);

/// Its nodes have what their ranks have each.
sim::Machine randomMachine(Random &random);

} // namespace rdattn::test

#endif // RDATTN_TEST_UNIT_SIM_RANDOMRINGS_H
