//===- ClassGroupTest.cpp - Groups of classes and their rules -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/ClassGroup.h"

#include "test/unit/Planner/Definition.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::HasSubstr;
using testing::Optional;

namespace {

constexpr int64_t kMax = INT64_MAX;

ClassGroup contiguous(int64_t first, int64_t length) {
  ClassGroup group;
  group.first = first;
  group.length = length;
  return group;
}

ClassGroup gathered(int64_t length, Grid grid) {
  ClassGroup group = contiguous(0, length);
  group.access = Access::Gathered;
  group.grid = grid;
  return group;
}

TEST(CheckGroup, NumbersArePositive) {
  ClassGroup group = contiguous(-1, 8);
  EXPECT_EQ(checkGroup(group), "first token must be at least 0, but is -1");
  group = contiguous(0, 0);
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("segment length")));
  group = contiguous(0, 8);
  group.times = -2;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("times must be")));
  group.times = 0;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("times must be")));
  group.times = 1;
  group.window = 0;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("window must be")));
  group.window = 1;
  EXPECT_EQ(checkGroup(group), std::nullopt);
  group.stride = 0;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("stride must be")));
}

TEST(CheckGroup, PeriodsKeepSegmentsApart) {
  ClassGroup group = contiguous(0, 8);
  group.times = 2;
  group.period = 7;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("would overlap")));
  group.period = 8;
  EXPECT_EQ(checkGroup(group), std::nullopt);
  group.times = ClassGroup::kUnbounded;
  EXPECT_EQ(checkGroup(group), std::nullopt);
  group.times = 1;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("has no period")));
}

TEST(CheckGroup, S2EndFits64Bits) {
  EXPECT_EQ(checkGroup(contiguous(1, kMax - 1)), std::nullopt);
  EXPECT_THAT(checkGroup(contiguous(2, kMax - 1)),
              Optional(HasSubstr("ends beyond token 2^63 - 1")));
  ClassGroup group = contiguous(0, 1ll << 31);
  group.period = group.times = 1ll << 32;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("ends beyond")));
  group.times = ClassGroup::kUnbounded;
  EXPECT_EQ(checkGroup(group), std::nullopt);
}

TEST(CheckGroup, GridExactlyWhereGathered) {
  ClassGroup group = gathered(17, {4, 4});
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("16 cells, fewer than")));
  group.length = 16;
  EXPECT_EQ(checkGroup(group), std::nullopt);
  group.access = Access::Strided;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("only gathered")));
  group.access = Access::Gathered;
  group.grid.reset();
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("need the grid")));
}

TEST(CheckGroup, ContiguousRowsHaveStrideOne) {
  ClassGroup group = contiguous(0, 8);
  group.stride = 2;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("use strided classes")));
  group.access = Access::Strided;
  EXPECT_EQ(checkGroup(group), std::nullopt);
}

TEST(CheckGroup, E4RunsOnlyWhereGatheredWithoutAWindow) {
  ClassGroup group = gathered(16, {4, 4});
  group.runs = {2, 1};
  EXPECT_EQ(checkGroup(group), std::nullopt);
  group.window = 3;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("no runs")));
  group.window.reset();
  group.runs.rows = 0;
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("rows of a run")));
  group = contiguous(0, 16);
  group.runs = {2, 1};
  EXPECT_THAT(checkGroup(group), Optional(HasSubstr("only gathered")));
}

TEST(ExpandBranch, SaysWhatIsWrittenAndNoMore) {
  Branch branch{{{2048}, {4096, 2}, {8192, 4}}};
  branch.segments[1].order.kind = OrderKind::Hilbert;
  std::vector<ClassGroup> groups = expandBranch(branch).groups;
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].access, Access::Contiguous);
  EXPECT_EQ(groups[1].access, Access::Gathered);
  EXPECT_EQ(groups[1].grid, (Grid{64, 64}));
  EXPECT_EQ(groups[1].first, 2048);
  EXPECT_EQ(groups[2].access, Access::Strided);
  EXPECT_EQ(groups[2].first, 6144);
  EXPECT_EQ(groups[2].stride, 4);
  EXPECT_EQ(coveredTokens(expandBranch(branch)), 14336);
}

TEST(ExpandBranch, S2RepeatIsUnbounded) {
  BranchClasses classes = expandBranch({{{3}, {5}}, true, true});
  EXPECT_TRUE(classes.perHead);
  for (const ClassGroup &group : classes.groups) {
    EXPECT_EQ(group.times, ClassGroup::kUnbounded);
    EXPECT_EQ(group.period, 8);
    EXPECT_EQ(endOf(group), std::nullopt);
  }
  EXPECT_EQ(coveredTokens(classes), std::nullopt);
}

TEST(ExpandBranch, MeansWhatThePatternMeans) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    Branch branch = randomBranch(random);
    ASSERT_EQ(checkBranch(branch), std::nullopt);
    BranchClasses classes = expandBranch(branch);
    for (const ClassGroup &group : classes.groups)
      ASSERT_EQ(checkGroup(group), std::nullopt);
    ASSERT_EQ(checkDisjoint(classes), std::nullopt);
    int64_t tokens = randomTokens(random, branch);
    ASSERT_EQ(relation(placesOf(branch, tokens), branch.perHead, 3, false),
              relation(placesOf(classes, tokens), classes.perHead, 3, false));
  }
}

TEST(CoversAllRows, FindsGapsAndPerHeadClasses) {
  EXPECT_TRUE(coversAllRows(expandBranch({{{3}, {5, 2}}})));
  EXPECT_TRUE(coversAllRows(expandBranch({{{3}, {5, 2}}, true})));
  EXPECT_FALSE(coversAllRows(expandBranch({{{3}, {5, 2}}, true, true})));
  EXPECT_TRUE(coversAllRows(expandBranch({{{3}, {5}}, true, true})));
  BranchClasses gap;
  gap.groups = {contiguous(0, 4), contiguous(5, 3)};
  EXPECT_FALSE(coversAllRows(gap));
  gap.groups[1].first = 4;
  EXPECT_TRUE(coversAllRows(gap));
  gap.groups[1].times = ClassGroup::kUnbounded;
  gap.groups[1].period = 4;
  EXPECT_FALSE(coversAllRows(gap));
  gap.groups[1].period = 3;
  EXPECT_TRUE(coversAllRows(gap));
  EXPECT_TRUE(coversAllRows(expandBranch({{{kMax}}, true})));
}

TEST(CoversAllRows, S5MatchesTheDefinition) {
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    BranchClasses classes = randomGroups(random);
    bool covered = true;
    int64_t heads = 60; // enough that every class has a head
    for (const Place &place : placesOf(classes, *coveredTokens(classes)))
      for (int64_t head = 0; head < heads; ++head)
        covered &= computes(place, classes.perHead, head, heads);
    // A segment of one row in class 0 of many is the one false alarm.
    if (covered && classes.perHead)
      continue;
    ASSERT_EQ(coversAllRows(classes), covered);
  }
}

} // namespace
