//===- HilbertCurveTest.cpp - The generalised Hilbert curve ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/HilbertCurve.h"

#include "test/unit/Planner/Definition.h"
#include "gmock/gmock.h"

#include <algorithm>

#include <numeric>

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::ElementsAre;

namespace {

TEST(HilbertCurve, S3TwoByTwo) {
  EXPECT_THAT(hilbertOrder({2, 2}, 4), ElementsAre(0, 2, 3, 1));
}

TEST(HilbertCurve, S3MatchesTheRecursionForEveryTruncation) {
  for (int64_t rows = 1; rows <= 19; ++rows)
    for (int64_t cols = 1; cols <= 19; ++cols)
      for (int64_t tokens = 0; tokens <= rows * cols; ++tokens)
        ASSERT_EQ(hilbertOrder({rows, cols}, tokens), curve(rows, cols, tokens))
            << rows << "x" << cols << ", " << tokens << " tokens";
}

TEST(HilbertCurve, S3IsAPermutation) {
  for (int64_t rows = 1; rows <= 20; ++rows)
    for (int64_t cols = 1; cols <= 20; ++cols)
      for (int64_t tokens : {rows * cols, rows * cols / 2, rows * cols / 3}) {
        std::vector<int32_t> order = hilbertOrder({rows, cols}, tokens);
        std::vector<int32_t> all(tokens);
        std::iota(all.begin(), all.end(), 0);
        ASSERT_THAT(order, testing::UnorderedElementsAreArray(all));
      }
}

/// Steps of a full grid that are neither to a neighbour nor diagonal, and
/// those that are diagonal.
std::pair<int, int> oddSteps(int64_t rows, int64_t cols) {
  std::vector<int32_t> order = hilbertOrder({rows, cols}, rows * cols);
  int far = 0, diagonal = 0;
  for (size_t i = 1; i < order.size(); ++i) {
    int64_t dy = std::abs(order[i] / cols - order[i - 1] / cols);
    int64_t dx = std::abs(order[i] % cols - order[i - 1] % cols);
    far += dx > 1 || dy > 1;
    diagonal += dx == 1 && dy == 1;
  }
  return {far, diagonal};
}

TEST(HilbertCurve, S3ConsecutiveCellsAreNeighbours) {
  for (int64_t rows = 1; rows <= 19; ++rows)
    for (int64_t cols = 1; cols <= 19; ++cols) {
      int64_t larger = std::max(rows, cols), smaller = std::min(rows, cols);
      // With a side of 2 even the odd grids zigzag without a diagonal step.
      bool diagonal = larger % 2 == 1 && smaller % 2 == 0 && smaller > 2;
      EXPECT_EQ(oddSteps(rows, cols), std::make_pair(0, diagonal ? 1 : 0))
          << rows << "x" << cols;
    }
}

TEST(HilbertCurve, S2GiantGridsCostWhatTheirTokensCost) {
  int64_t giant = 1ll << 31;
  for (Grid grid : {Grid{giant, giant}, Grid{1, INT64_MAX}, Grid{INT64_MAX, 1},
                    Grid{3, INT64_MAX / 3}, Grid{INT64_MAX / 3, 3},
                    Grid{giant - 1, giant + 1}, Grid{1ll << 40, 1ll << 22}}) {
    std::vector<int32_t> order = hilbertOrder(grid, 100);
    std::vector<int32_t> all(100);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_THAT(order, testing::UnorderedElementsAreArray(all))
        << grid.rows << "x" << grid.cols;
  }
}

TEST(HilbertCurve, S3MillionTokens) {
  EXPECT_EQ(hilbertOrder({1024, 1024}, 1 << 20), curve(1024, 1024, 1 << 20));
}

} // namespace
