//===- Effort.cpp - What it takes to plan all ranks -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Effort.h"

#include "lib/Planner/Census.h"

#include <algorithm>
#include <numeric>

namespace rdattn::sim {

using planner::ClassGroup;
using planner::Layout;

/// What else takes time, in looks: a step in which two ranks share no class, a
/// row in a list, and a class whose rows other branches may need too.
static constexpr double kEmptyStep = 1.0 / 32, kListedRow = 1.0 / 8;
static constexpr double kSeveralBranches = 3;

static constexpr double kMostLooks = 5e8;

/// The ranks that hold rows of a class, and those that one of them looks at.
struct Spread {
  double holders, peers;
};

static Spread spreadOf(const ClassGroup &group, const Case &problem) {
  double size = double(problem.ring.size), length = double(group.length);
  double rows = double(planner::ceilDiv(group.length, group.stride));
  double near = group.window ? 2 * double(*group.window) - 1 : rows;
  if (problem.ring.layout == Layout::Striped) {
    int64_t common = group.access == planner::Access::Gathered
                         ? 1
                         : std::gcd(problem.ring.size, group.stride);
    double holders = std::min(rows, size / double(common));
    return {holders, std::min(holders, near)};
  }
  double shards =
      std::min(size, 1 + length * size * 2 / double(problem.sizes.tokens));
  double reach = near * double(group.stride) / length;
  return {shards, std::min(shards, 1 + shards * std::min(1.0, reach))};
}

static double effortOf(const ClassGroup &group, bool perHead,
                       const Case &problem) {
  double classes = double(std::min(group.length, group.stride));
  if (perHead)
    classes = std::min(classes, double(problem.sizes.heads));
  Spread spread = spreadOf(group, problem);
  double looks = spread.holders * spread.peers;
  bool isListed = group.access == planner::Access::Gathered &&
                  (group.window || problem.ring.layout == Layout::Striped);
  if (isListed) { // made on each rank, then read by pairs of them
    double rows = double(planner::ceilDiv(group.length, group.stride));
    looks += kListedRow * rows * (spread.holders + 2 * spread.peers);
  }
  return double(group.times) * classes * looks;
}

double planningEffort(const std::vector<planner::BranchClasses> &branches,
                      const Case &problem) {
  double size = double(problem.ring.size), effort = 0;
  for (const planner::BranchClasses &branch : planner::simplifyFor(
           branches, problem.sizes.tokens, planner::PlanOptions()))
    for (const ClassGroup &group : branch.groups)
      effort += effortOf(group, branch.perHead, problem);
  if (branches.size() > 1)
    effort *= kSeveralBranches;
  return effort + kEmptyStep * size * size;
}

planner::Violation
checkEffort(const std::vector<planner::BranchClasses> &branches,
            const Case &problem) {
  double effort = planningEffort(branches, problem);
  if (effort <= kMostLooks)
    return std::nullopt;
  auto millions = [](double looks) {
    return std::to_string(int64_t(std::min(looks, 1e18) / 1e6)) + " million";
  };
  std::string sentence =
      "planning " + std::to_string(problem.ring.size) + " ranks of " +
      std::to_string(problem.sizes.tokens) + " tokens in the " +
      planner::nameOf(problem.ring.layout) + " layout would look at " +
      millions(effort) + " pairs of ranks that share a class, and at most " +
      millions(kMostLooks) + " can be simulated";
  if (problem.ring.layout == Layout::Striped)
    return sentence + ": the striped layout spreads every short segment over "
                      "all ranks, the contiguous one does not";
  return sentence + ": simulate fewer ranks";
}

} // namespace rdattn::sim
