//===- RingChoiceTest.cpp - The chosen layout spreads work evenly ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingChoice.h"
#include "lib/Planner/RingTraffic.h"

#include "test/unit/Planner/RingDefinition.h"
#include "gmock/gmock.h"

#include <algorithm>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

std::vector<double> countedWork(const RingCase &c) {
  RingTruth truth(c);
  std::vector<double> work;
  for (int64_t rank = 0; rank < c.ring.size; ++rank) {
    int64_t pairs = 0;
    for (int64_t owner = 0; owner < c.ring.size; ++owner)
      pairs += truth.pairs(rank, owner);
    work.push_back(static_cast<double>(pairs));
  }
  return work;
}

TEST(RingChoice, WorkIsCountedExactly) {
  Random random(25);
  for (int i = 0; i < 3000; ++i) {
    RingCase c = randomRingCase(random);
    c.sizes = {1, c.sizes.tokens, 1, 1};
    for (BranchClasses &branch : c.branches)
      branch.perHead = false;
    ASSERT_EQ(workOfRanks(c.branches, c.sizes.tokens, c.causal, c.ring),
              countedWork(c))
        << c;
  }
}

TEST(RingChoice, S7HeadsShareTheClasses) {
  Random random(26);
  for (int i = 0; i < 500; ++i) {
    int64_t dilation = int64_t(1) << pick(random, 0, 2);
    Branch branch{{{pick(random, 4, 40), dilation}}, true, true};
    RingCase c{{expandBranch(branch)}, {1, pick(random, 0, 60), 8, 8}};
    c.causal = pick(random, 0, 1) == 0;
    c.ring = {pick(random, 1, 6), kLayouts[pick(random, 0, 2)]};
    std::vector<double> work = countedWork(c);
    for (double &pairs : work)
      pairs /= 8;
    ASSERT_EQ(workOfRanks(c.branches, c.sizes.tokens, c.causal, c.ring), work)
        << c;
  }
}

double imbalance(const RingCase &c, Layout layout) {
  return imbalanceOf(
      workOfRanks(c.branches, c.sizes.tokens, c.causal, {c.ring.size, layout}));
}

double rowsMoved(const RingCase &c, Layout layout) {
  return estimateRowsMoved(c.branches, c.sizes.tokens, c.causal,
                           {c.ring.size, layout});
}

double duration(const RingCase &c, Layout layout) {
  std::vector<double> work =
      workOfRanks(c.branches, c.sizes.tokens, c.causal, {c.ring.size, layout});
  double most = *std::max_element(work.begin(), work.end());
  return std::max(most, kPairsPerRow * rowsMoved(c, layout) /
                            static_cast<double>(c.ring.size));
}

TEST(RingChoice, IsEvenThenMovesLittle) {
  Random random(27);
  std::vector<int> chosen(3);
  for (int i = 0; i < 3000; ++i) {
    RingCase c = randomRingCase(random);
    double fast = 1e300, even = 1e300, few = 1e300;
    for (Layout layout : kLayouts)
      fast = std::min(fast, 2 * duration(c, layout));
    for (Layout layout : kLayouts)
      if (duration(c, layout) <= fast)
        even = std::min(even, 1.03 * imbalance(c, layout));
    for (Layout layout : kLayouts)
      if (duration(c, layout) <= fast && imbalance(c, layout) <= even)
        few = std::min(few, 1.03 * rowsMoved(c, layout));
    Layout choice =
        chooseLayout(c.branches, c.sizes.tokens, c.ring.size, c.causal);
    for (Layout layout : kLayouts) {
      bool good = duration(c, layout) <= fast && imbalance(c, layout) <= even &&
                  rowsMoved(c, layout) <= few;
      ASSERT_EQ(good && layout <= choice, layout == choice) << c;
    }
    ++chosen[static_cast<size_t>(choice)];
  }
  for (int count : chosen)
    EXPECT_GT(count, 30);
}

/// The dilations 2 and 4 of the seed's pattern keep classes on a rank or two.
TEST(RingChoice, StripesThatKeepClassesTogether) {
  std::vector<BranchClasses> seed{
      expandBranch({{{2048}, {4096, 2}, {8192, 4}}})};
  EXPECT_EQ(estimateRowsMoved(seed, 14336, false, {2, Layout::Contiguous}),
            8192);
  EXPECT_EQ(estimateRowsMoved(seed, 14336, false, {2, Layout::Striped}), 2048);
  EXPECT_EQ(chooseLayout(seed, 14336, 2, false), Layout::Striped);
  EXPECT_EQ(chooseLayout({expandBranch({{{4096, 8}}})}, 4096, 4, true),
            Layout::Striped);
}

/// Stripes of the repeated pattern would be even, and move two hundred times
/// as much.
TEST(RingChoice, EvenWorkIsNotWorthAnyTraffic) {
  std::vector<BranchClasses> seed{
      expandBranch({{{2048}, {4096, 2}, {8192, 4}}, true})};
  for (int64_t size : {64, 512})
    EXPECT_EQ(chooseLayout(seed, 1 << 20, size, true), Layout::Contiguous);
}

TEST(RingChoice, DensePatternsAreEven) {
  for (int64_t tokens : {4096, 14336, 100000})
    for (int64_t size : {1, 2, 3, 8, 64}) {
      RingCase c{{expandBranch({{{tokens}}})}, {1, tokens, 1, 1}};
      c.causal = true;
      c.ring.size = size;
      Layout layout = chooseLayout(c.branches, tokens, size, true);
      EXPECT_EQ(layout, size == 1 ? Layout::Contiguous : Layout::ZigZag);
      EXPECT_LE(imbalance(c, layout), 1.05);
      EXPECT_EQ(chooseLayout(c.branches, tokens, size, false),
                Layout::Contiguous);
    }
}

TEST(RingChoice, SegmentsThatFitAShardStayThere) {
  std::vector<BranchClasses> branches{expandBranch({{{1024}}, true})};
  EXPECT_EQ(chooseLayout(branches, 8192, 8, true), Layout::Contiguous);
  EXPECT_EQ(chooseLayout(branches, 0, 8, true), Layout::Contiguous);
}

TEST(RingChoice, ImbalanceIsTheMostOverTheMean) {
  EXPECT_EQ(imbalanceOf({1, 3, 2}), 1.5);
  EXPECT_EQ(imbalanceOf({0, 0}), 1);
}

} // namespace
