//===- DefinitionTest.cpp - The definition's own examples -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Definition.h"

#include "gmock/gmock.h"

#include <limits>
#include <numeric>

using namespace rdattn::run;
using namespace rdattn::planner;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
const Order kHilbert{OrderKind::Hilbert, std::nullopt};

Segment segment(int64_t length, int64_t dilation = 1, Order order = {},
                std::optional<int64_t> window = std::nullopt) {
  return {length, dilation, order, window};
}

Definition define(std::vector<Segment> segments, int64_t tokens,
                  bool causal = false) {
  return Definition({{Branch{std::move(segments), false, false}}, false},
                    causal, tokens, 1);
}

TEST(Curve, WalksTheSmallestSquare) {
  EXPECT_THAT(walkCurve({2, 2}, 4), ElementsAre(0, 2, 3, 1));
}

TEST(Curve, VisitsEveryCellOnceByNeighbours) {
  for (int64_t rows = 1; rows <= 19; ++rows)
    for (int64_t cols = 1; cols <= 19; ++cols) {
      std::vector<int64_t> order = walkCurve({rows, cols}, rows * cols);
      int diagonals = 0;
      for (size_t i = 1; i < order.size(); ++i) {
        int64_t down = std::abs(order[i] / cols - order[i - 1] / cols);
        int64_t across = std::abs(order[i] % cols - order[i - 1] % cols);
        ASSERT_LE(std::max(down, across), 1) << rows << "x" << cols;
        diagonals += down + across == 2;
      }
      int64_t larger = std::max(rows, cols), smaller = std::min(rows, cols);
      EXPECT_LE(diagonals, larger % 2 == 1 && smaller % 2 == 0);
      std::sort(order.begin(), order.end());
      std::vector<int64_t> all(rows * cols);
      std::iota(all.begin(), all.end(), 0);
      ASSERT_EQ(order, all) << rows << "x" << cols;
    }
}

TEST(Curve, ClosesUpPastTheTokens) {
  std::vector<int64_t> kept = walkCurve({5, 6}, 30);
  kept.erase(std::remove_if(kept.begin(), kept.end(),
                            [](int64_t token) { return token >= 17; }),
             kept.end());
  EXPECT_EQ(walkCurve({5, 6}, 17), kept);
}

TEST(Curve, CostsTokensAndNotCells) {
  EXPECT_THAT(walkCurve({kMax, 1}, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(walkCurve({1, kMax}, 3), ElementsAre(0, 1, 2));
  EXPECT_EQ(walkCurve({int64_t(1) << 31, int64_t(1) << 31}, 40).size(), 40u);
  EXPECT_EQ(walkCurve({kMax / 2, 2}, 40).size(), 40u);
}

TEST(Definition, SplitsASegmentIntoClasses) {
  Definition definition = define({segment(3), segment(6, 2)}, 9);
  EXPECT_THAT(definition.keysOf(0, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(definition.keysOf(0, 3), ElementsAre(3, 5, 7));
  EXPECT_THAT(definition.keysOf(0, 8), ElementsAre(4, 6, 8));
}

TEST(Definition, CausalComparesTokensWhateverTheOrder) {
  Definition definition = define({segment(16, 1, kHilbert)}, 16, true);
  for (int64_t row = 0; row < 16; ++row)
    EXPECT_EQ(definition.keysOf(0, row).size(), size_t(row + 1));
}

TEST(Definition, OrdersByTheCurve) {
  // Along 2x2, positions 0 1 2 3 are tokens 0 2 3 1.
  Definition definition = define({segment(4, 2, kHilbert)}, 4);
  EXPECT_THAT(definition.keysOf(0, 0), ElementsAre(0, 3));
  EXPECT_THAT(definition.keysOf(0, 1), ElementsAre(1, 2));
}

TEST(Definition, TakesTheGridFromTheFullLength) {
  // 4 tokens of a segment of 16 are the first row of its 4x4 grid.
  Definition cut = define({segment(16, 2, kHilbert)}, 4);
  EXPECT_THAT(cut.keysOf(0, 0), ElementsAre(0, 2));
}

TEST(Definition, WindowCountsRowsOfTheClass) {
  Definition definition = define({segment(20, 2, {}, 2)}, 20);
  EXPECT_THAT(definition.keysOf(0, 8), ElementsAre(6, 8, 10));
  Definition causal = define({segment(20, 2, {}, 2)}, 20, true);
  EXPECT_THAT(causal.keysOf(0, 8), ElementsAre(6, 8));
}

TEST(Definition, RepeatsAndTruncates) {
  Branch branch{{segment(3), segment(2)}, /*repeat=*/true, false};
  Definition definition({{branch}, false}, false, 12, 1);
  EXPECT_THAT(definition.keysOf(0, 9), ElementsAre(8, 9));
  EXPECT_THAT(definition.keysOf(0, 10), ElementsAre(10, 11));
}

TEST(Definition, PerHeadComputesOneClass) {
  Branch branch{{segment(8, 4)}, false, /*perHead=*/true};
  Definition definition({{branch}, false}, false, 8, 6);
  // ceil(6 / 4) = 2 heads a class: the last class has none.
  EXPECT_THAT(definition.keysOf(3, 5), ElementsAre(1, 5));
  EXPECT_THAT(definition.keysOf(3, 4), IsEmpty());
  for (int64_t head = 0; head < 6; ++head)
    EXPECT_THAT(definition.keysOf(head, 3), IsEmpty());
}

TEST(Definition, BranchesCountAKeyTwice) {
  Branch whole{{segment(4)}, false, false}, odd{{segment(4, 2)}, false, false};
  Definition definition({{whole, odd}, false}, false, 4, 1);
  EXPECT_THAT(definition.keysOf(0, 1), ElementsAre(0, 1, 2, 3, 1, 3));
}

TEST(Definition, NamesBothLengths) {
  Violation violation = define({segment(5), segment(4)}, 10).check();
  ASSERT_TRUE(violation);
  EXPECT_THAT(*violation, HasSubstr("9 tokens, and the input has 10"));
}

TEST(Definition, HoldsAtTheEdgeOf64Bits) {
  Definition definition = define({segment(kMax, kMax, kHilbert, kMax)}, 3);
  EXPECT_THAT(definition.keysOf(0, 2), ElementsAre(2));
}

} // namespace
