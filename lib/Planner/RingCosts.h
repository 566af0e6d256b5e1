//===- RingCosts.h - What a ring moves and computes, and when ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGCOSTS_H
#define RDATTN_PLANNER_RINGCOSTS_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

struct RankCosts {
  int64_t rows = 0;            ///< of its shard
  std::vector<StepLoad> steps; ///< one for each distance
};

/// What the ranks of a ring move and compute in each step, exactly.
struct RingCosts {
  Ring ring;
  std::vector<int64_t> distances; ///< of the steps, from 0 on
  std::vector<RankCosts> ranks;
};

/// Time grows with the square of the ranks. \pre as RingPlanner.
RingCosts countRing(const std::vector<BranchClasses> &branches,
                    const Sizes &sizes, bool causal, const Ring &ring);

/// What a rank takes for one of what a StepLoad counts.
struct RingRates {
  double rowSeconds = 0; ///< to receive the row of a key/value head
  double pairSeconds = 0;
};

/// In seconds from the beginning of the call.
struct Interval {
  double begin = 0, end = 0;
};

/// When each rank (first index) does what in each step (second).
struct RingTimes {
  std::vector<std::vector<Interval>> arrives, computes;

  double end() const;
};

/// What follows from the rates alone, without latencies. A rank begins a step's
/// transfers when it begins to compute the step before, and a transfer goes on
/// once both of its ranks have. A step is computed when it has sent and
/// received; where it moves nothing, it waits for nobody.
RingTimes timesOf(const RingCosts &costs, const RingRates &rates);

/// The most that a rank takes.
double transferSeconds(const RingCosts &costs, const RingRates &rates,
                       size_t step);
double computeSeconds(const RingCosts &costs, const RingRates &rates,
                      size_t step);

/// Whether a step's rows take longer than the computation before, which hides
/// them.
bool isBoundByTransfer(const RingCosts &costs, const RingRates &rates,
                       size_t step);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGCOSTS_H
