//===- Outcome.cpp - Plans and simulates one ring -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Outcome.h"

#include "lib/Planner/RingChoice.h"
#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-sim/Effort.h"

namespace rdattn::sim {

using run::failure;

static llvm::Error check(const planner::Violation &violation) {
  return violation ? failure(*violation) : llvm::Error::success();
}

static std::vector<StepReport> reportSteps(const Outcome &outcome,
                                           const Machine &machine,
                                           const RingLoads &loads) {
  int64_t rank = outcome.summary.slowest;
  std::vector<StepTimes> times;
  simulate(loads, weightsOf(outcome.problem), machine, rank, &times);
  std::vector<StepReport> steps;
  steps.reserve(times.size());
  for (size_t i = 0; i < times.size(); ++i)
    steps.push_back(
        {times[i], loads[loads.stepsOf(rank)[static_cast<int64_t>(i)]]});
  return steps;
}

llvm::Expected<Outcome> simulateRing(const planner::Pattern &pattern,
                                     const Request &request,
                                     const Progress &progress) {
  std::vector<planner::BranchClasses> branches;
  branches.reserve(pattern.branches.size());
  for (const planner::Branch &branch : pattern.branches)
    branches.push_back(planner::expandBranch(branch));
  Outcome outcome;
  outcome.problem = request.problem;
  const planner::Sizes &sizes = outcome.problem.sizes;
  planner::Ring &ring = outcome.problem.ring;
  if (llvm::Error error = check(planner::checkSizes(branches, sizes)))
    return error;
  if (llvm::Error error = check(planner::checkRing(ring)))
    return error;
  ring.layout = request.layout
                    ? *request.layout
                    : planner::chooseLayout(branches, sizes.tokens, ring.size,
                                            outcome.problem.causal);
  if (llvm::Error error = check(checkEffort(branches, outcome.problem)))
    return error;
  planner::RingPlanner planner(branches, sizes, outcome.problem.causal, ring);
  RingLoads loads;
  if (llvm::Error error = check(planLoads(planner, ring.size, progress, loads)))
    return error;
  outcome.summary =
      summarize(outcome.problem, request.machine, loads,
                simulate(loads, weightsOf(outcome.problem), request.machine));
  if (request.steps)
    outcome.steps = reportSteps(outcome, request.machine, loads);
  return outcome;
}

} // namespace rdattn::sim
