//===- RewritesTest.cpp - Each rewrite fires where it may, and only there -===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/Definition.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <functional>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

constexpr int64_t kUnbounded = ClassGroup::kUnbounded;

ClassGroup strided(int64_t length, int64_t stride) {
  ClassGroup group;
  group.access = Access::Strided;
  group.length = length;
  group.stride = stride;
  return group;
}

ClassGroup gathered(Grid grid, int64_t stride) {
  ClassGroup group = strided(grid.rows * grid.cols, stride);
  group.access = Access::Gathered;
  group.grid = grid;
  return group;
}

TEST(Rewrites, E1VoidOrderDisappears) {
  ClassGroup group = gathered({4, 4}, 1);
  EXPECT_TRUE(dropVoidOrder(group));
  EXPECT_EQ(group.access, Access::Contiguous);
  EXPECT_EQ(checkGroup(group), std::nullopt);
  EXPECT_FALSE(dropVoidOrder(group));
}

TEST(Rewrites, E1OrderStaysWithClassesOrAWindow) {
  ClassGroup classes = gathered({4, 4}, 2);
  EXPECT_FALSE(dropVoidOrder(classes));
  ClassGroup windowed = gathered({4, 4}, 1);
  windowed.window = 2;
  EXPECT_FALSE(dropVoidOrder(windowed));
}

TEST(Rewrites, S3LinearGridIsTheIdentity) {
  for (Grid grid : {Grid{1, 16}, Grid{16, 1}}) {
    ClassGroup group = gathered(grid, 2);
    group.window = 3;
    EXPECT_TRUE(dropLinearGrid(group));
    EXPECT_EQ(group.access, Access::Strided);
    EXPECT_EQ(group.window, 3);
    EXPECT_EQ(checkGroup(group), std::nullopt);
  }
  ClassGroup square = gathered({2, 8}, 2);
  EXPECT_FALSE(dropLinearGrid(square));
}

TEST(Rewrites, S11WideWindowDisappears) {
  ClassGroup group = strided(17, 4); // class 0 has 5 rows
  group.window = 4;
  EXPECT_FALSE(dropWideWindow(group));
  group.window = 5;
  EXPECT_TRUE(dropWideWindow(group));
  EXPECT_EQ(group.window, std::nullopt);
  EXPECT_FALSE(dropWideWindow(group));
}

TEST(Rewrites, S11IsolatedRowsKeepTheirWindow) {
  ClassGroup group = strided(4, 4);
  group.window = 1;
  EXPECT_FALSE(dropWideWindow(group));
}

TEST(Rewrites, IsolatedRowsNeedNoClasses) {
  ClassGroup group = gathered({2, 2}, 1ll << 40);
  EXPECT_TRUE(isolateRows(group, false));
  EXPECT_EQ(group.access, Access::Contiguous);
  EXPECT_EQ(group.window, 1);
  EXPECT_FALSE(isolateRows(group, false));
  ClassGroup windowed = strided(8, 2);
  windowed.window = 1;
  EXPECT_TRUE(isolateRows(windowed, false));
  EXPECT_EQ(windowed.access, Access::Contiguous);
}

TEST(Rewrites, S7IsolatedRowsKeepTheirClasses) {
  ClassGroup group = strided(4, 8);
  EXPECT_TRUE(isolateRows(group, true));
  EXPECT_EQ(group.window, 1);
  EXPECT_EQ(group.stride, 8);
  EXPECT_EQ(group.access, Access::Strided);
  EXPECT_FALSE(isolateRows(group, true));
}

TEST(Rewrites, RowsOfLargerClassesAreNotIsolated) {
  ClassGroup group = strided(9, 8);
  EXPECT_FALSE(isolateRows(group, false));
  group.window = 2;
  EXPECT_FALSE(isolateRows(group, false));
}

TEST(Rewrites, IsolatedSegmentsJoin) {
  ClassGroup group = strided(1, 1);
  group.times = 1000;
  group.period = 1;
  EXPECT_TRUE(isolateRows(group, false));
  EXPECT_EQ(group.length, 1000);
  EXPECT_EQ(group.times, 1);
  EXPECT_EQ(checkGroup(group), std::nullopt);
  ClassGroup apart = strided(1, 1);
  apart.times = 1000;
  apart.period = 2;
  isolateRows(apart, false);
  EXPECT_EQ(apart.times, 1000);
}

TEST(Rewrites, E3UnitStrideIsContiguous) {
  ClassGroup group = strided(8, 1);
  EXPECT_TRUE(dropUnitStride(group));
  EXPECT_EQ(group.access, Access::Contiguous);
  ClassGroup two = strided(8, 2);
  EXPECT_FALSE(dropUnitStride(two));
}

BranchClasses merged(const Branch &branch, bool expected) {
  BranchClasses classes = expandBranch(branch);
  EXPECT_EQ(mergeEqualGroups(classes), expected);
  EXPECT_FALSE(mergeEqualGroups(classes));
  return classes;
}

TEST(Rewrites, EqualNeighboursMerge) {
  BranchClasses classes = merged({{{8}, {8}, {8}, {4}, {4}, {8}}}, true);
  ASSERT_EQ(classes.groups.size(), 3u);
  EXPECT_EQ(classes.groups[0].times, 3);
  EXPECT_EQ(classes.groups[0].period, 8);
  EXPECT_EQ(classes.groups[1].times, 2);
  EXPECT_EQ(classes.groups[2].times, 1);
  EXPECT_EQ(classes.groups[2].period, 0);
}

TEST(Rewrites, UnequalNeighboursStay) {
  merged({{{8}, {8, 2}, {4}, {4, 2}}}, false);
  Branch windows{{{8}, {8}}};
  windows.segments[1].window = 3;
  merged(windows, false);
}

TEST(Rewrites, S2RepeatedEqualSegmentsMerge) {
  for (size_t k : {2, 3, 4, 7}) {
    Branch branch{std::vector<Segment>(k, Segment{2048}), true};
    BranchClasses classes = merged(branch, true);
    ASSERT_EQ(classes.groups.size(), 1u);
    EXPECT_EQ(classes.groups[0].period, 2048);
    EXPECT_EQ(classes.groups[0].times, kUnbounded);
  }
}

TEST(Rewrites, S2UnevenRepetitionStays) {
  merged({{{8}, {8}, {4}}, true}, false);
  merged({{{4}, {8}, {8}}, true}, false);
  merged({{{8}, {4}, {8}, {4}}, true}, false);
}

TEST(Rewrites, CountsContinue) {
  ClassGroup three = strided(8, 2), one = strided(8, 2), rest = strided(8, 2);
  three.times = 3, three.period = 10;
  one.first = 30;
  rest.first = 40, rest.times = kUnbounded, rest.period = 10;
  BranchClasses branch{{three, one, rest}, false};
  EXPECT_TRUE(mergeEqualGroups(branch));
  ASSERT_EQ(branch.groups.size(), 1u);
  EXPECT_EQ(branch.groups[0].times, kUnbounded);
  one.first = 31;
  branch.groups = {three, one};
  EXPECT_FALSE(mergeEqualGroups(branch));
}

TEST(Rewrites, S2ClipCutsOneSegment) {
  BranchClasses classes = expandBranch({{{8, 2}}, true});
  EXPECT_TRUE(clipGroups(classes, 21));
  ASSERT_EQ(classes.groups.size(), 2u);
  EXPECT_EQ(classes.groups[0].times, 2);
  EXPECT_EQ(classes.groups[1].first, 16);
  EXPECT_EQ(classes.groups[1].length, 5);
  EXPECT_EQ(classes.groups[1].times, 1);
  EXPECT_EQ(classes.groups[1].period, 0);
  EXPECT_FALSE(clipGroups(classes, 21));
}

TEST(Rewrites, S3ClipKeepsTheGridAndDropsRuns) {
  BranchClasses branch;
  branch.groups = {gathered({8, 8}, 2)};
  branch.groups[0].runs = {4, 2};
  EXPECT_TRUE(clipGroups(branch, 30));
  EXPECT_EQ(branch.groups[0].length, 30);
  EXPECT_EQ(branch.groups[0].grid, (Grid{8, 8}));
  EXPECT_EQ(branch.groups[0].runs, Runs());
}

TEST(Rewrites, S2ClipDropsWhatLiesPast) {
  BranchClasses classes = expandBranch({{{8}, {8}, {INT64_MAX - 16}}});
  EXPECT_FALSE(clipGroups(classes, INT64_MAX));
  EXPECT_TRUE(clipGroups(classes, 8));
  EXPECT_EQ(classes.groups.size(), 1u);
  EXPECT_TRUE(clipGroups(classes, 0));
  EXPECT_TRUE(classes.groups.empty());
}

/// Every rewrite keeps every pair of every head, for every S that is covered.
void expectSameMeaning(const BranchClasses &before, const BranchClasses &after,
                       int64_t tokens) {
  if (before == after)
    return;
  for (const ClassGroup &group : after.groups)
    ASSERT_EQ(checkGroup(group), std::nullopt);
  ASSERT_EQ(checkDisjoint(after), std::nullopt);
  ASSERT_EQ(relation(placesOf(before, tokens), before.perHead, 5, false),
            relation(placesOf(after, tokens), after.perHead, 5, false));
}

BranchClasses randomClasses(Random &random, int64_t &tokens) {
  if (pick(random, 0, 1) == 0) {
    Branch branch = randomBranch(random);
    tokens = randomTokens(random, branch);
    return expandBranch(branch);
  }
  BranchClasses classes = randomGroups(random);
  tokens = pick(random, 0, *coveredTokens(classes));
  return classes;
}

using GroupRewrite = std::function<bool(ClassGroup &, bool, int64_t)>;

TEST(Rewrites, EachKeepsTheMeaning) {
  const std::vector<GroupRewrite> rewrites = {
      [](ClassGroup &g, bool, int64_t) { return dropVoidOrder(g); },
      [](ClassGroup &g, bool, int64_t) { return dropLinearGrid(g); },
      [](ClassGroup &g, bool, int64_t) { return dropWideWindow(g); },
      [](ClassGroup &g, bool perHead, int64_t) {
        return isolateRows(g, perHead);
      },
      [](ClassGroup &g, bool, int64_t) { return dropUnitStride(g); },
      [](ClassGroup &g, bool, int64_t tokens) { return findRuns(g, tokens); }};
  Random random(5);
  std::vector<int> fired(rewrites.size());
  for (int i = 0; i < 3000; ++i) {
    int64_t tokens;
    BranchClasses before = randomClasses(random, tokens);
    for (size_t k = 0; k < rewrites.size(); ++k) {
      BranchClasses after = before;
      for (ClassGroup &group : after.groups)
        if (rewrites[k](group, after.perHead, tokens)) {
          ++fired[k];
          EXPECT_FALSE(rewrites[k](group, after.perHead, tokens));
        }
      ASSERT_NO_FATAL_FAILURE(expectSameMeaning(before, after, tokens));
    }
  }
  // A strided group of stride 1 comes out of other rewrites only.
  for (size_t k : {0, 1, 2, 3, 5})
    EXPECT_GT(fired[k], 50) << k;
}

TEST(Rewrites, MergingAndSimplifyingKeepTheMeaning) {
  Random random(6);
  int merges = 0;
  for (int i = 0; i < 3000; ++i) {
    int64_t tokens;
    BranchClasses before = randomClasses(random, tokens);
    BranchClasses after = before;
    merges += mergeEqualGroups(after);
    ASSERT_NO_FATAL_FAILURE(expectSameMeaning(before, after, tokens));
    simplify(after);
    ASSERT_NO_FATAL_FAILURE(expectSameMeaning(before, after, tokens));
    EXPECT_FALSE(simplify(after));
  }
  EXPECT_GT(merges, 300);
}

TEST(Rewrites, S2ClippingKeepsTheMeaning) {
  Random random(7);
  for (int i = 0; i < 3000; ++i) {
    int64_t tokens;
    BranchClasses before = randomClasses(random, tokens);
    BranchClasses after = before;
    clipGroups(after, tokens);
    EXPECT_LE(coveredTokens(after).value(), tokens);
    ASSERT_NO_FATAL_FAILURE(expectSameMeaning(before, after, tokens));
  }
}

} // namespace
