//===- RandomPatterns.h - Small random branches for the tests ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_UNIT_PLANNER_RANDOMPATTERNS_H
#define RDATTN_TEST_UNIT_PLANNER_RANDOMPATTERNS_H

#include "lib/Planner/Plan.h"

#include <random>

namespace rdattn::test {

using Random = std::mt19937;

/// A number in [low, high].
int64_t pick(Random &random, int64_t low, int64_t high);

planner::Segment randomSegment(Random &random, int64_t maxLength);
planner::Branch randomBranch(Random &random);

/// An S that the branch covers.
int64_t randomTokens(Random &random, const planner::Branch &branch);

/// Groups that share no token, as a hand-edited IR may have them: with gaps,
/// counts and periods.
planner::BranchClasses randomGroups(Random &random);

} // namespace rdattn::test

#endif // RDATTN_TEST_UNIT_PLANNER_RANDOMPATTERNS_H
