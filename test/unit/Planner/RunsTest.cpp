//===- RunsTest.cpp - Runs of sorted Hilbert classes ----------------------===//
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

ClassGroup gathered(Grid grid, int64_t stride, int64_t length) {
  ClassGroup group;
  group.access = Access::Gathered;
  group.grid = grid;
  group.stride = stride;
  group.length = length;
  return group;
}

TEST(FindRuns, E4CheckerboardOfTheSeed) {
  ClassGroup wide = gathered({32, 128}, 2, 4096);
  EXPECT_TRUE(findRuns(wide, 4096));
  EXPECT_EQ(wide.runs, (Runs{64, 2}));
  EXPECT_EQ(wide.access, Access::Gathered);
  EXPECT_FALSE(findRuns(wide, 4096));
  ClassGroup square = gathered({64, 64}, 2, 4096);
  EXPECT_TRUE(findRuns(square, 4096));
  EXPECT_EQ(square.runs, (Runs{32, 2}));
}

TEST(FindRuns, E4OneProgressionIsStrided) {
  ClassGroup group = gathered({1, 64}, 4, 64);
  EXPECT_TRUE(findRuns(group, 64));
  EXPECT_EQ(group.access, Access::Strided);
  EXPECT_EQ(group.grid, std::nullopt);
  EXPECT_EQ(checkGroup(group), std::nullopt);
}

TEST(FindRuns, OnlyWithoutAWindowAndInsideS) {
  ClassGroup group = gathered({32, 128}, 2, 4096);
  EXPECT_FALSE(findRuns(group, 4095));
  group.times = ClassGroup::kUnbounded;
  group.period = 4096;
  EXPECT_FALSE(findRuns(group, 1 << 20));
  group.times = 2;
  EXPECT_FALSE(findRuns(group, 8191));
  EXPECT_TRUE(findRuns(group, 8192));
  group.runs = Runs();
  group.window = 3;
  EXPECT_FALSE(findRuns(group, 8192));
}

TEST(FindRuns, WrongRunsAreReplaced) {
  ClassGroup group = gathered({8, 8}, 3, 64);
  group.runs = {64, 7};
  EXPECT_TRUE(findRuns(group, 64));
  EXPECT_EQ(group.runs, Runs());
}

std::vector<std::vector<int32_t>> sortedClasses(const ClassGroup &group) {
  std::vector<std::vector<int32_t>> classes(
      std::min(group.stride, group.length));
  std::vector<int32_t> order =
      curve(group.grid->rows, group.grid->cols, group.length);
  for (int64_t i = 0; i < group.length; ++i)
    classes[i % group.stride].push_back(order[i]);
  for (std::vector<int32_t> &rows : classes)
    std::sort(rows.begin(), rows.end());
  return classes;
}

bool areRuns(const std::vector<std::vector<int32_t>> &classes, Runs runs) {
  for (const std::vector<int32_t> &rows : classes)
    for (size_t i = 0; i < rows.size(); ++i) {
      size_t begin = i / runs.rows * runs.rows;
      if (rows[i] != rows[begin] + int64_t(i - begin) * runs.stride)
        return false;
    }
  return true;
}

/// The longest runs that all classes share, by trial.
Runs longestRuns(const std::vector<std::vector<int32_t>> &classes) {
  if (classes[0].size() < 2)
    return Runs();
  int64_t step = classes[0][1] - classes[0][0];
  for (int64_t rows = classes[0].size(); rows >= 2; --rows)
    if (areRuns(classes, {rows, step}))
      return {rows, step};
  return Runs();
}

TEST(FindRuns, E4AreTheLongest) {
  Random random(8);
  int found = 0, stridedGroups = 0;
  for (int i = 0; i < 5000; ++i) {
    Grid grid{pick(random, 1, 12), pick(random, 1, 12)};
    int64_t length = pick(random, 1, grid.rows * grid.cols);
    ClassGroup group = gathered(grid, pick(random, 1, 6), length);
    auto classes = sortedClasses(group);
    Runs expected = longestRuns(classes);
    findRuns(group, length);
    if (group.access == Access::Strided) {
      ++stridedGroups;
      for (size_t c = 0; c < classes.size(); ++c)
        for (size_t k = 0; k < classes[c].size(); ++k)
          ASSERT_EQ(classes[c][k], int64_t(c) + int64_t(k) * group.stride);
      continue;
    }
    found += group.runs.rows > 1;
    ASSERT_EQ(group.runs.rows, expected.rows);
    ASSERT_EQ(group.runs.stride, expected.stride);
  }
  EXPECT_GT(found, 100);
  EXPECT_GT(stridedGroups, 100);
}

} // namespace
