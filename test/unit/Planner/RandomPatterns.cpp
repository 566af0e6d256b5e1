//===- RandomPatterns.cpp - Small random branches for the tests -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RandomPatterns.h"

namespace rdattn::test {

using namespace planner;

int64_t pick(Random &random, int64_t low, int64_t high) {
  return low + int64_t(random() % uint64_t(high - low + 1));
}

static Order randomOrder(Random &random, int64_t length) {
  Order order;
  if (pick(random, 0, 1) == 0)
    return order;
  order.kind = OrderKind::Hilbert;
  if (pick(random, 0, 1) == 0)
    return order;
  int64_t cols = pick(random, 1, length + 2);
  order.grid = Grid{(length + cols - 1) / cols + pick(random, 0, 3), cols};
  return order;
}

Segment randomSegment(Random &random, int64_t maxLength) {
  Segment segment;
  segment.length = pick(random, 1, maxLength);
  if (pick(random, 0, 2) != 0)
    segment.dilation = pick(random, 1, 5);
  if (pick(random, 0, 19) == 0)
    segment.dilation = int64_t(1) << pick(random, 5, 61);
  segment.order = randomOrder(random, segment.length);
  if (pick(random, 0, 2) == 0)
    segment.window = pick(random, 1, 7);
  return segment;
}

Branch randomBranch(Random &random) {
  Branch branch;
  for (int64_t n = pick(random, 1, 4); n > 0; --n)
    branch.segments.push_back(randomSegment(random, 24));
  // Equal neighbours are what merging is about.
  if (pick(random, 0, 2) == 0)
    branch.segments.push_back(branch.segments.back());
  if (pick(random, 0, 5) == 0)
    branch.segments.assign(pick(random, 2, 4), branch.segments.front());
  branch.repeat = pick(random, 0, 1) == 0;
  branch.perHead = pick(random, 0, 1) == 0;
  return branch;
}

int64_t randomTokens(Random &random, const Branch &branch) {
  return pick(random, 0, totalLength(branch) * (branch.repeat ? 3 : 1));
}

BranchClasses randomGroups(Random &random) {
  Branch branch = randomBranch(random);
  branch.repeat = false;
  BranchClasses classes = expandBranch(branch);
  int64_t end = pick(random, 0, 3);
  for (ClassGroup &group : classes.groups) {
    group.first = end;
    group.times = pick(random, 1, 3);
    if (group.times > 1)
      group.period = group.length + pick(random, 0, 1);
    end = *endOf(group) + (pick(random, 0, 2) == 0);
  }
  return classes;
}

} // namespace rdattn::test
