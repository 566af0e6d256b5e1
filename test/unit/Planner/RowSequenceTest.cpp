//===- RowSequenceTest.cpp - Sequences of rows as progressions ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RowSequence.h"

#include "lib/Planner/Integers.h"
#include "lib/Planner/RingBuffer.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::ElementsAre;

namespace {

TEST(RowSequence, ContinuationsJoin) {
  RowSequence rows;
  rows.append({2, 3, 2});
  rows.append({8, 2, 2});
  rows.append(12);
  EXPECT_EQ(rows.affine(), (Progression{2, 6, 2}));
  rows.append({20, 2, 2});
  EXPECT_EQ(rows.affine(), std::nullopt);
  EXPECT_EQ(rows.size(), 8);
  EXPECT_THAT(rows.list(), ElementsAre(2, 4, 6, 8, 10, 12, 20, 22));
}

TEST(RowSequence, NoRowsAreAffine) {
  RowSequence rows;
  rows.append({5, 0, 3});
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.affine(), Progression());
}

TEST(RowSequence, AppendingAndSlicingKeepTheOrder) {
  Random random(20);
  for (int i = 0; i < 2000; ++i) {
    RowSequence rows;
    std::vector<int32_t> expected;
    for (int64_t n = pick(random, 0, 6); n > 0; --n) {
      Progression part{pick(random, 0, 9), pick(random, 0, 4),
                       pick(random, 1, 3)};
      rows.append(part);
      for (int64_t k = 0; k < part.count; ++k)
        expected.push_back(static_cast<int32_t>(part[k]));
    }
    ASSERT_EQ(rows.list(), expected);
    ASSERT_EQ(rows.size(), int64_t(expected.size()));
    int64_t begin = pick(random, 0, rows.size());
    int64_t count = pick(random, 0, rows.size() - begin);
    ASSERT_EQ(rows.slice(begin, count).list(),
              std::vector<int32_t>(expected.begin() + begin,
                                   expected.begin() + begin + count));
  }
}

TEST(Progressions, IntersectionsAreIndices) {
  Random random(21);
  int met = 0;
  for (int i = 0; i < 20000; ++i) {
    Progression a{pick(random, 0, 30), pick(random, 0, 9), pick(random, 1, 8)};
    Progression b{pick(random, 0, 30), pick(random, 0, 9), pick(random, 1, 8)};
    std::vector<int64_t> expected, found;
    for (int64_t k = 0; k < a.count; ++k)
      for (int64_t m = 0; m < b.count; ++m)
        if (a[k] == b[m])
          expected.push_back(k);
    Progression common = intersect(a, b);
    for (int64_t k = 0; k < common.count; ++k)
      found.push_back(common[k]);
    ASSERT_EQ(found, expected);
    met += common.count > 1;
  }
  EXPECT_GT(met, 1000);
}

TEST(Progressions, LargeStridesDoNotOverflow) {
  int64_t large = int64_t(1) << 40;
  EXPECT_EQ(intersect({0, 1 << 20, large - 1}, {0, 1 << 20, large + 1}).count,
            1);
  EXPECT_EQ(intersect({0, 3, large}, {1, 3, large}).count, 0);
}

TEST(FloorSum, MatchesAdding) {
  Random random(22);
  for (int i = 0; i < 5000; ++i) {
    int64_t n = pick(random, 0, 20), m = pick(random, 1, 12);
    int64_t a = pick(random, 0, 30), b = pick(random, 0, 30), sum = 0;
    for (int64_t k = 0; k < n; ++k)
      sum += (a * k + b) / m;
    ASSERT_EQ(static_cast<int64_t>(floorSum(n, m, a, b)), sum);
  }
}

/// Branches of classes: disjoint inside a branch, not between branches.
std::vector<std::vector<Progression>> randomSharing(Random &random) {
  std::vector<std::vector<Progression>> branches;
  for (int64_t n = pick(random, 1, 3); n > 0; --n) {
    int64_t stride = pick(random, 1, 4), first = pick(random, 0, 5);
    std::vector<Progression> classes;
    for (int64_t c = 0; c < stride; ++c)
      classes.push_back({first + c, pick(random, 1, 12), stride});
    branches.push_back(classes);
  }
  return branches;
}

TEST(RingBuffer, HoldsEachRowOnceAndSaysWhere) {
  Random random(23);
  for (int i = 0; i < 5000; ++i) {
    RingBuffer buffer(64);
    std::vector<std::pair<RowSequence, RowSequence>> added;
    std::vector<std::vector<Progression>> branches = randomSharing(random);
    for (size_t b = 0; b < branches.size(); ++b)
      for (const Progression &rows : branches[b])
        added.push_back({rows, buffer.add(rows, static_cast<int32_t>(b))});
    std::vector<int32_t> rows = buffer.rows().list(), sorted = rows;
    std::sort(sorted.begin(), sorted.end());
    ASSERT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
    size_t total = 0;
    for (const auto &[wanted, places] : added) {
      std::vector<int32_t> found;
      for (int32_t place : places.list())
        found.push_back(rows.at(place));
      ASSERT_EQ(found, wanted.list());
      total += found.size();
    }
    ASSERT_GE(total, rows.size());
  }
}

} // namespace
