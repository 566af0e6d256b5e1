//===- RingTrafficTest.cpp - Estimates of moved rows are close ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingTraffic.h"

#include "lib/Planner/RingSchedule.h"
#include "test/unit/Planner/RingDefinition.h"
#include "gmock/gmock.h"

#include <cmath>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

struct Estimate {
  double estimated = 0, counted = 0;
};

Estimate estimate(const Branch &branch, int64_t tokens, bool causal,
                  const Ring &ring) {
  std::vector<BranchClasses> classes{expandBranch(branch)};
  Estimate result;
  result.estimated = estimateRowsMoved(classes, tokens, causal, ring);
  RingPlanner planner(classes, {1, tokens, 1, 1}, causal, ring);
  for (int64_t rank = 0; rank < ring.size; ++rank)
    for (const StepLoad &load : planner.load(rank))
      result.counted += static_cast<double>(load.receivedRows);
  return result;
}

/// Of one branch of segments that are long beside the ring.
Estimate estimate(Random &random, Layout layout, bool dilates, bool windows) {
  Branch branch;
  branch.repeat = pick(random, 0, 1) == 0;
  for (int64_t n = pick(random, 1, 3); n > 0; --n) {
    Segment segment{pick(random, 40, 600)};
    if (dilates)
      segment.dilation = int64_t(1) << pick(random, 0, 2);
    if (windows && pick(random, 0, 1) == 0)
      segment.window = pick(random, 2, 30);
    branch.segments.push_back(segment);
  }
  int64_t tokens =
      branch.repeat ? pick(random, 300, 2000) : totalLength(branch);
  bool causal = pick(random, 0, 1) == 0;
  return estimate(branch, tokens, causal, {pick(random, 1, 6), layout});
}

TEST(RingTraffic, IsExactForPartsWithoutDilation) {
  Random random(28);
  for (int i = 0; i < 1000; ++i)
    for (Layout layout : {Layout::Contiguous, Layout::ZigZag}) {
      Estimate result = estimate(random, layout, false, true);
      ASSERT_EQ(result.estimated, result.counted);
    }
}

TEST(RingTraffic, IsExactForStripesWithoutWindows) {
  Random random(29);
  for (int i = 0; i < 1000; ++i) {
    Estimate result = estimate(random, Layout::Striped, true, false);
    ASSERT_EQ(result.estimated, result.counted);
  }
}

TEST(RingTraffic, IsCloseElsewhere) {
  Random random(30);
  for (Layout layout : kLayouts) {
    Estimate sum;
    for (int i = 0; i < 1000; ++i) {
      Estimate result = estimate(random, layout, true, true);
      sum.estimated += result.estimated;
      sum.counted += result.counted;
    }
    EXPECT_LT(std::abs(sum.estimated / sum.counted - 1), 0.01);
  }
}

TEST(RingTraffic, WindowsOfHilbertOrdersAreBounded) {
  Random random(31);
  for (int i = 0; i < 300; ++i)
    for (Layout layout : kLayouts) {
      Segment segment{pick(random, 40, 300)};
      segment.order.kind = OrderKind::Hilbert;
      segment.window = pick(random, 2, 60);
      bool causal = pick(random, 0, 1) == 0;
      Estimate result = estimate({{segment}}, segment.length, causal,
                                 {pick(random, 1, 6), layout});
      ASSERT_GE(result.estimated, result.counted);
      segment.window.reset();
      result = estimate({{segment}}, segment.length, causal,
                        {pick(random, 1, 6), layout});
      ASSERT_EQ(result.estimated, result.counted);
    }
}

TEST(RingTraffic, S7PerHeadClassesMoveTheirShare) {
  BranchClasses branch = expandBranch({{{64, 4}}, false, true});
  EXPECT_EQ(estimateRowsMoved({branch}, 64, false, {2}), 16);
  branch.perHead = false;
  EXPECT_EQ(estimateRowsMoved({branch}, 64, false, {2}), 64);
}

} // namespace
