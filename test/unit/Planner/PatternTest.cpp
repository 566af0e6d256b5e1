//===- PatternTest.cpp - The rules of the pattern language ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Pattern.h"

#include "gmock/gmock.h"

using namespace rdattn::planner;
using testing::HasSubstr;
using testing::Optional;

namespace {

constexpr int64_t kMax = INT64_MAX;

Segment hilbert(int64_t length, std::optional<Grid> grid = {}) {
  Segment segment;
  segment.length = length;
  segment.order = {OrderKind::Hilbert, grid};
  return segment;
}

TEST(Pattern, S2NamesWhatIsTooSmall) {
  EXPECT_EQ(checkSegment({-3}), "segment length must be at least 1, but is -3");
  EXPECT_EQ(checkSegment({8, 0}), "dilation must be at least 1, but is 0");
  Segment segment{8};
  segment.window = 0;
  EXPECT_EQ(checkSegment(segment), "window must be at least 1, but is 0");
  EXPECT_EQ(checkSegment({1}), std::nullopt);
}

TEST(Pattern, S3GridHoldsAllTokens) {
  EXPECT_EQ(checkSegment(hilbert(300, Grid{16, 16})),
            "grid 16x16 has 256 cells, fewer than the segment's 300 tokens");
  EXPECT_EQ(checkSegment(hilbert(256, Grid{16, 16})), std::nullopt);
  EXPECT_THAT(checkSegment(hilbert(4, Grid{0, 4})),
              Optional(HasSubstr("at least 1 row and 1 column")));
  EXPECT_THAT(checkSegment(hilbert(4, Grid{1ll << 32, 1ll << 31})),
              Optional(HasSubstr("more than 2^63 - 1 cells")));
  EXPECT_EQ(checkSegment(hilbert(4, Grid{1ll << 31, 1ll << 31})), std::nullopt);
  Segment identity{4};
  identity.order.grid = Grid{2, 2};
  EXPECT_THAT(checkSegment(identity), Optional(HasSubstr("takes no grid")));
}

TEST(Pattern, S3DefaultGridIsExactNearSquares) {
  EXPECT_EQ(defaultGrid(1), (Grid{1, 1}));
  EXPECT_EQ(defaultGrid(2), (Grid{1, 2}));
  EXPECT_EQ(defaultGrid(5), (Grid{2, 4}));
  EXPECT_EQ(defaultGrid(4096), (Grid{64, 64}));
  EXPECT_EQ(defaultGrid(4097), (Grid{33, 128}));
  int64_t side = 1ll << 31;
  EXPECT_EQ(defaultGrid(side * side), (Grid{side, side}));
  EXPECT_EQ(defaultGrid(side * side + 1).cols, 2 * side);
  EXPECT_EQ(defaultGrid(side * side - 1), (Grid{side, side}));
  EXPECT_EQ(defaultGrid(kMax).cols, 2 * side);
}

TEST(Pattern, S3DefaultGridIsTheSmallestPower) {
  for (int64_t length = 1; length < 5000; ++length) {
    Grid grid = defaultGrid(length);
    EXPECT_GE(grid.cols * grid.cols, length);
    EXPECT_TRUE(grid.cols == 1 || grid.cols * grid.cols < 4 * length);
    EXPECT_EQ(grid.cols & (grid.cols - 1), 0);
    EXPECT_GE(grid.rows * grid.cols, length);
    EXPECT_LT((grid.rows - 1) * grid.cols, length);
  }
}

TEST(Pattern, S2OverflowIsAnError) {
  EXPECT_THAT(checkSegment(hilbert(kMax)),
              Optional(HasSubstr("has more than 2^63 - 1 cells")));
  EXPECT_EQ(checkBranch({{{kMax}}}), std::nullopt);
  EXPECT_THAT(checkBranch({{{kMax}, {1}}}),
              Optional(HasSubstr("add up to more than 2^63 - 1 tokens")));
}

TEST(Pattern, S2LongerInputNamesBothLengths) {
  Branch branch{{{2048}, {4096, 2}, {8192, 4}}};
  EXPECT_EQ(checkCovers(branch, 20000),
            "S = 20000 is longer than the pattern's 14336 tokens; shorten the "
            "input, lengthen a segment, or let the branch `repeat`");
  EXPECT_EQ(checkCovers(branch, 14336), std::nullopt);
  branch.repeat = true;
  EXPECT_EQ(checkCovers(branch, 20000), std::nullopt);
}

TEST(Pattern, EmptyListsAreErrors) {
  EXPECT_THAT(checkBranch({}), Optional(HasSubstr("at least one segment")));
  EXPECT_THAT(checkPattern({}), Optional(HasSubstr("at least one branch")));
  EXPECT_EQ(checkPattern({{{{{8}}}}}), std::nullopt);
  EXPECT_THAT(checkPattern({{{{{8}}}, {{{0}}}}}),
              Optional(HasSubstr("segment length")));
}

} // namespace
