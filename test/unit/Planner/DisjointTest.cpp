//===- DisjointTest.cpp - Whether groups share a token --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

ClassGroup segments(int64_t first, int64_t length, int64_t times = 1,
                    int64_t period = 0) {
  ClassGroup group;
  group.first = first;
  group.length = length;
  group.times = times;
  group.period = period;
  return group;
}

bool disjoint(std::vector<ClassGroup> groups) {
  BranchClasses branch;
  branch.groups = std::move(groups);
  return !checkDisjoint(branch);
}

TEST(CheckDisjoint, SingleSegments) {
  EXPECT_TRUE(disjoint({}));
  EXPECT_TRUE(disjoint({segments(4, 4), segments(0, 4)}));
  EXPECT_FALSE(disjoint({segments(3, 4), segments(0, 4)}));
  EXPECT_FALSE(disjoint({segments(0, 9), segments(3, 1)}));
}

TEST(CheckDisjoint, NamesBothGroups) {
  BranchClasses branch;
  branch.groups = {segments(3, 4), segments(0, 4)};
  EXPECT_EQ(checkDisjoint(branch),
            "the groups at tokens 0 and 3 share a token, whose row would be "
            "computed twice; move one of them");
}

TEST(CheckDisjoint, UnboundedGroups) {
  int64_t u = ClassGroup::kUnbounded;
  EXPECT_TRUE(disjoint({segments(0, 4, u, 8), segments(4, 4, u, 8)}));
  EXPECT_FALSE(disjoint({segments(0, 4, u, 8), segments(4, 5, u, 8)}));
  EXPECT_FALSE(disjoint({segments(0, 4, u, 8), segments(100, 5, u, 8)}));
  EXPECT_TRUE(disjoint({segments(0, 4, u, 8), segments(100, 4, u, 8)}));
  EXPECT_TRUE(disjoint({segments(0, 2, u, 8), segments(3, 1, u, 12)}));
  EXPECT_FALSE(disjoint({segments(0, 4, u, 8), segments(4, 1, u, 7)}));
  EXPECT_TRUE(disjoint({segments(0, 1, u, INT64_MAX), segments(1, 1)}));
}

TEST(CheckDisjoint, FarAway) {
  int64_t far = 1ll << 40, u = ClassGroup::kUnbounded;
  // Evens and odds never meet, however far; with coprime periods they do.
  EXPECT_TRUE(disjoint({segments(0, 1, u, 2), segments(1, 1, far, 4)}));
  EXPECT_FALSE(disjoint({segments(0, 1, u, far), segments(1, 1, u, far - 1)}));
}

TEST(CheckDisjoint, MatchesCounting) {
  Random random(3);
  int shared = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<ClassGroup> groups;
    std::vector<int> holders(200);
    for (int64_t n = pick(random, 2, 3); n > 0; --n) {
      int64_t length = pick(random, 1, 4), times = pick(random, 1, 6);
      int64_t period = times == 1 ? 0 : length + pick(random, 0, 9);
      groups.push_back(segments(pick(random, 0, 20), length, times, period));
      for (int64_t t = 0; t < times; ++t)
        for (int64_t k = 0; k < length; ++k)
          ++holders[groups.back().first + t * period + k];
    }
    bool apart = *std::max_element(holders.begin(), holders.end()) <= 1;
    shared += !apart;
    ASSERT_EQ(disjoint(groups), apart);
  }
  EXPECT_GT(shared, 1000);
  EXPECT_LT(shared, 19000);
}

TEST(CheckDisjoint, MatchesCountingUnbounded) {
  Random random(4);
  for (int i = 0; i < 20000; ++i) {
    std::vector<ClassGroup> groups;
    std::vector<int> holders(600); // past both starts and a common period
    for (int n = 0; n < 2; ++n) {
      int64_t length = pick(random, 1, 3), first = pick(random, 0, 30);
      int64_t period = length + pick(random, 0, 12);
      groups.push_back(segments(first, length, ClassGroup::kUnbounded, period));
      for (; first < 500; first += period)
        for (int64_t k = 0; k < length; ++k)
          ++holders[first + k];
    }
    bool apart = *std::max_element(holders.begin(), holders.end()) <= 1;
    ASSERT_EQ(disjoint(groups), apart);
  }
}

} // namespace
