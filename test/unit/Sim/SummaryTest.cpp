//===- SummaryTest.cpp - Figures of whole rings ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Effort.h"
#include "tools/rdattn-sim/Outcome.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace rdattn;
using namespace rdattn::sim;
using testing::HasSubstr;

static Machine unitMachine() {
  Machine machine;
  machine.link = machine.network = machine.nodeNetwork = machine.rate = 1;
  return machine;
}

/// Dense, 2 sequences of 8 tokens, 4 heads on 2, D 3, Dv 5, on 2 ranks.
static Request smallRequest() {
  Request request;
  request.problem.sizes = {2, 8, 4, 2};
  request.problem.headDim = 3;
  request.problem.valueDim = 5;
  request.problem.elementBytes = 2;
  request.problem.ring.size = 2;
  request.layout = planner::Layout::Contiguous;
  request.machine = unitMachine();
  return request;
}

static planner::Pattern patternOf(const std::vector<planner::Segment> &segments,
                                  bool repeat = false) {
  planner::Branch branch;
  branch.segments = segments;
  branch.repeat = repeat;
  planner::Pattern pattern;
  pattern.branches.push_back(branch);
  return pattern;
}

static Outcome runOf(const planner::Pattern &pattern, const Request &request) {
  return cantFail(simulateRing(pattern, request, [](int64_t) {}));
}

static std::string errorOf(const planner::Pattern &pattern,
                           const Request &request) {
  auto done = simulateRing(pattern, request, [](int64_t) {});
  return done ? "" : llvm::toString(done.takeError());
}

TEST(Summary, OfADenseRing) {
  Outcome done = runOf(patternOf({{8}}), smallRequest());
  const Summary &summary = done.summary;
  EXPECT_EQ(summary.flops, 2 * 4 * 8 * 8 * 2 * (3 + 5));
  EXPECT_EQ(summary.imbalance, 1);
  double sent = 2 * 4 * 2 * (3 + 5) * 2; // batch, rows, heads, columns, bytes
  EXPECT_EQ(summary.sentMean, sent);
  EXPECT_EQ(summary.sentMost, sent);
  EXPECT_EQ(summary.seconds, summary.flops / 2); // transfers are hidden
  EXPECT_EQ(summary.efficiency, 1);
  double inputs = 2 * 4 * (4 + 2) * (3 + 5) * 2, sums = 2 * 4 * 4 * (5 + 1) * 4;
  EXPECT_EQ(summary.memory, inputs + sent + sums);
}

TEST(Summary, OneRankKeepsNoSums) {
  Request request = smallRequest();
  request.problem.ring.size = 1;
  Outcome done = runOf(patternOf({{8}}), request);
  EXPECT_EQ(done.summary.memory, 2 * 8 * (4 + 2) * (3 + 5) * 2);
  EXPECT_EQ(done.summary.sentMost, 0);
}

TEST(Summary, TwoBuffersHoldTheStepsInTurn) {
  Request request = smallRequest();
  request.problem.sizes.tokens = 16;
  request.problem.ring.size = 4;
  Outcome done = runOf(patternOf({{16}}), request);
  double step = 2 * 4 * 2 * (3 + 5) * 2;
  EXPECT_EQ(done.summary.sentMost, 3 * step);
  double inputs = 2 * 4 * (4 + 2) * (3 + 5) * 2, sums = 2 * 4 * 4 * (5 + 1) * 4;
  EXPECT_EQ(done.summary.memory, inputs + 2 * step + sums);
}

/// Of causal parts the last has the most to do.
TEST(Summary, NamesTheRankThatIsDoneLast) {
  Request request = smallRequest();
  request.problem.causal = true;
  request.steps = true;
  Outcome done = runOf(patternOf({{8}}), request);
  EXPECT_EQ(done.summary.slowest, 1);
  EXPECT_EQ(done.summary.imbalance, (10 + 16) / 18.0);
  ASSERT_EQ(done.steps.size(), 2u);
  EXPECT_EQ(done.steps[1].times.distance, 1);
  EXPECT_EQ(done.steps[1].load.pairs, 2 * 4 * 16);
  EXPECT_EQ(done.steps[1].times.ended, done.summary.seconds);
}

TEST(Summary, TheLayoutMayBeThePlanners) {
  Request request = smallRequest();
  request.layout = std::nullopt;
  request.problem.causal = true;
  Outcome done = runOf(patternOf({{8}}), request);
  EXPECT_EQ(done.problem.ring.layout, planner::Layout::ZigZag);
}

TEST(Ring, RefusesWhatDoesNotFit) {
  EXPECT_THAT(errorOf(patternOf({{7}}), smallRequest()),
              testing::AllOf(HasSubstr("7"), HasSubstr("8")));
  Request request = smallRequest();
  request.problem.sizes.kvHeads = 3;
  EXPECT_THAT(errorOf(patternOf({{8}}), request), HasSubstr("3"));
  request = smallRequest();
  request.problem.ring.size = planner::kMaxRingSize + 1;
  EXPECT_THAT(errorOf(patternOf({{8}}), request),
              HasSubstr("the size of a ring must be at most 1048576"));
}

TEST(Ring, RefusesCountsBeyond64Bits) {
  Request request = smallRequest();
  int64_t tokens = (int64_t(1) << 31) - 1;
  request.problem.sizes = {16, tokens, 16, 16};
  EXPECT_THAT(errorOf(patternOf({{tokens}}), request), HasSubstr("2^62"));
}

/// The seed of the project, again and again.
TEST(Ring, RefusesWhatWouldTakeTooLongToPlan) {
  planner::Pattern pattern = patternOf({{2048}, {4096, 2}, {8192, 4}}, true);
  Request request = smallRequest();
  request.problem.sizes.tokens = 1 << 28;
  request.problem.ring.size = 4096;
  request.layout = planner::Layout::Striped;
  EXPECT_THAT(errorOf(pattern, request),
              HasSubstr("planning 4096 ranks of 268435456 tokens in the "
                        "striped layout would look at"));
  request.layout = planner::Layout::Contiguous;
  EXPECT_EQ(errorOf(pattern, request), "");
  request.problem.ring.size = planner::kMaxRingSize;
  EXPECT_THAT(errorOf(patternOf({{1 << 28}}), request),
              HasSubstr("simulate fewer ranks"));
}

TEST(Effort, CountsPairsOfRanks) {
  Case problem = smallRequest().problem;
  problem.sizes.tokens = 1 << 20;
  problem.ring = {4096, planner::Layout::Striped};
  auto effort = [&](const planner::Segment &segment, bool repeat) {
    planner::Branch branch{{segment}, repeat};
    return planningEffort({planner::expandBranch(branch)}, problem);
  };
  double empty = 4096.0 * 4096 / 32;
  EXPECT_EQ(effort({1 << 20}, false), empty + 4096.0 * 4096);
  // A class of stride 4 is on every fourth rank.
  EXPECT_EQ(effort({1 << 20, 4}, false), empty + 4 * 1024.0 * 1024);
  EXPECT_EQ(effort({1 << 12}, true), empty + 256 * 4096.0 * 4096);
  planner::Segment window{1 << 20};
  window.window = 8;
  EXPECT_EQ(effort(window, false), empty + 4096 * 15.0);
  planner::BranchClasses dense = planner::expandBranch({{{1 << 20}}});
  EXPECT_EQ(planningEffort({dense, dense}, problem),
            empty + 3 * 2 * 4096.0 * 4096);
}
