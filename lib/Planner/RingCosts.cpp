//===- RingCosts.cpp - What a ring moves and computes, and when -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingCosts.h"

#include <algorithm>

using namespace rdattn;
using namespace rdattn::planner;

RingCosts planner::countRing(const std::vector<BranchClasses> &branches,
                             const Sizes &sizes, bool causal,
                             const Ring &ring) {
  const RingPlanner planner(branches, sizes, causal, ring);
  RingCosts costs{ring, planner.distances(), {}};
  costs.ranks.reserve(static_cast<size_t>(ring.size));
  for (int64_t rank = 0; rank < ring.size; ++rank)
    costs.ranks.push_back(
        {shardLength(ring, sizes.tokens, rank), planner.load(rank)});
  return costs;
}

static double transferOf(const StepLoad &load, const RingRates &rates) {
  return static_cast<double>(load.receivedRows) * rates.rowSeconds;
}

static double computeOf(const StepLoad &load, const RingRates &rates) {
  return static_cast<double>(load.pairs) * rates.pairSeconds;
}

double RingTimes::end() const {
  double latest = 0;
  for (const std::vector<Interval> &steps : computes)
    latest = std::max(latest, steps.back().end);
  return latest;
}

/// Fills in when the rows of a step arrive.
static void receive(const RingCosts &costs, const RingRates &rates, size_t step,
                    RingTimes &times) {
  const auto ranks = static_cast<int64_t>(costs.ranks.size());
  for (int64_t rank = 0; rank < ranks; ++rank) {
    const StepLoad &load = costs.ranks[rank].steps[step];
    const int64_t source = (rank - costs.distances[step] + ranks) % ranks;
    const double posted = std::max(times.computes[rank][step - 1].begin,
                                   times.computes[source][step - 1].begin);
    const double begin = load.receivedRows > 0 ? posted : 0;
    times.arrives[rank][step] = {begin, begin + transferOf(load, rates)};
  }
}

/// Fills in when a step is computed whose transfers are known.
static void compute(const RingCosts &costs, const RingRates &rates, size_t step,
                    RingTimes &times) {
  const auto ranks = static_cast<int64_t>(costs.ranks.size());
  for (int64_t rank = 0; rank < ranks; ++rank) {
    const int64_t target = (rank + costs.distances[step]) % ranks;
    const double begin = std::max({times.computes[rank][step - 1].end,
                                   times.arrives[rank][step].end,
                                   times.arrives[target][step].end});
    times.computes[rank][step] = {
        begin, begin + computeOf(costs.ranks[rank].steps[step], rates)};
  }
}

RingTimes planner::timesOf(const RingCosts &costs, const RingRates &rates) {
  RingTimes times;
  times.arrives.assign(costs.ranks.size(),
                       std::vector<Interval>(costs.distances.size()));
  times.computes = times.arrives;
  for (size_t rank = 0; rank < costs.ranks.size(); ++rank)
    times.computes[rank][0].end = computeOf(costs.ranks[rank].steps[0], rates);
  for (size_t step = 1; step < costs.distances.size(); ++step) {
    receive(costs, rates, step, times);
    compute(costs, rates, step, times);
  }
  return times;
}

/// Of all ranks the most that `seconds` says of a step.
template <typename Seconds>
static double mostOf(const RingCosts &costs, const RingRates &rates,
                     size_t step, Seconds seconds) {
  double most = 0;
  for (const RankCosts &rank : costs.ranks)
    most = std::max(most, seconds(rank.steps[step], rates));
  return most;
}

double planner::transferSeconds(const RingCosts &costs, const RingRates &rates,
                                size_t step) {
  return mostOf(costs, rates, step, transferOf);
}

double planner::computeSeconds(const RingCosts &costs, const RingRates &rates,
                               size_t step) {
  return mostOf(costs, rates, step, computeOf);
}

bool planner::isBoundByTransfer(const RingCosts &costs, const RingRates &rates,
                                size_t step) {
  return step > 0 && transferSeconds(costs, rates, step) >
                         computeSeconds(costs, rates, step - 1);
}
