//===- CostTest.cpp - Costs are counted exactly ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/Definition.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

TEST(Cost, PairsAndItemsMatchCounting) {
  Random random(12);
  for (int i = 0; i < 3000; ++i) {
    Branch branch = randomBranch(random);
    int64_t heads = pick(random, 1, 6);
    Sizes sizes{pick(random, 1, 3), randomTokens(random, branch), heads, 1};
    PlanOptions options{pick(random, 0, 1) == 0, pick(random, 1, 9)};
    options.isolates = pick(random, 0, 1) == 0;
    std::vector<BranchClasses> classes{expandBranch(branch)};
    Cost cost = estimateCost(classes, sizes, options, 8, 4, 2);
    std::vector<bool> pairs = relation(placesOf(branch, sizes.tokens),
                                       branch.perHead, heads, options.causal);
    int64_t expected =
        sizes.batch * std::count(pairs.begin(), pairs.end(), true);
    ASSERT_EQ(cost.pairs, expected);
    ASSERT_EQ(cost.flops, 2.0 * expected * 12);
    ASSERT_EQ(cost.items,
              int64_t(makePlan(classes, sizes, options).items.size()));
  }
}

TEST(Cost, SeedPattern) {
  Branch branch{{{2048}, {4096, 2}, {8192, 4}}};
  Cost cost = estimateCost({expandBranch(branch)}, {1, 14336, 16, 16},
                           {false, 128}, 128, 128, 2);
  EXPECT_EQ(cost.pairs, 16ll * 2048 * 2048 * 7);
  EXPECT_EQ(cost.bytes, 14336.0 * 16 * (4 * 128 * 2 + 4));
}

TEST(Cost, GroupedQueriesReadFewerKeys) {
  std::vector<BranchClasses> classes{expandBranch({{{64}}})};
  Cost cost = estimateCost(classes, {2, 64, 8, 2}, {false, 64}, 16, 32, 4);
  EXPECT_EQ(cost.bytes, 2.0 * 64 * (4 * (8 * 16 + 2 * 48 + 8 * 32) + 4 * 8));
}

TEST(Cost, S2SaturatesRatherThanWraps) {
  std::vector<BranchClasses> classes{expandBranch({{{INT64_MAX}}})};
  Sizes sizes{1 << 20, INT32_MAX, 1 << 20, 1 << 20};
  Cost cost = estimateCost(classes, sizes, {true, 128}, 128, 128, 2);
  EXPECT_EQ(cost.pairs, INT64_MAX);
  EXPECT_GT(cost.flops, 1e30);
}

} // namespace
