//===- RingSchedule.cpp - What moves and is computed when -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingSchedule.h"

#include "lib/Planner/RingRank.h"
#include "lib/Planner/RingSteps.h"

namespace rdattn::planner {

RingPlanner::RingPlanner(const std::vector<BranchClasses> &branches,
                         const Sizes &sizes, bool causal, const Ring &ring)
    : pattern(std::make_unique<RingPattern>(branches, sizes, causal, ring)),
      live(liveDistances(*pattern)) {}

RingPlanner::~RingPlanner() = default;

const std::vector<int64_t> &RingPlanner::distances() const { return live; }

RingSchedule RingPlanner::plan(int64_t rank) const {
  RingRank steps(*pattern, rank);
  RingSchedule schedule;
  for (int64_t distance : live)
    schedule.steps.push_back(steps.stepOf(distance));
  return schedule;
}

std::vector<StepLoad> RingPlanner::load(int64_t rank) const {
  RingRank steps(*pattern, rank);
  std::vector<StepLoad> loads;
  for (int64_t distance : live)
    loads.push_back(steps.loadOf(distance));
  return loads;
}

RingSchedule planRing(const std::vector<BranchClasses> &branches,
                      const Sizes &sizes, bool causal, const Ring &ring,
                      int64_t rank) {
  return RingPlanner(branches, sizes, causal, ring).plan(rank);
}

double bytesOf(int64_t rows, int64_t headDim, int64_t valueDim,
               int64_t elementBytes) {
  return double(rows) * (double(headDim) + double(valueDim)) *
         double(elementBytes);
}

} // namespace rdattn::planner
