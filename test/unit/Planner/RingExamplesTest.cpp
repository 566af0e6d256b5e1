//===- RingExamplesTest.cpp - What moves in patterns one can picture ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingChoice.h"
#include "lib/Planner/RingSchedule.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr Layout kContiguous = Layout::Contiguous;
constexpr Layout kZigZag = Layout::ZigZag;
constexpr Layout kStriped = Layout::Striped;
constexpr int64_t kMillion = 1 << 20;

std::vector<BranchClasses> expand(const std::vector<Branch> &branches) {
  std::vector<BranchClasses> classes;
  classes.reserve(branches.size());
  for (const Branch &branch : branches)
    classes.push_back(expandBranch(branch));
  return classes;
}

Segment windowed(int64_t length, int64_t window) {
  Segment segment{length};
  segment.window = window;
  return segment;
}

RingPlanner plannerOf(const Branch &branch, int64_t tokens, bool causal,
                      const Ring &ring, int64_t heads = 1) {
  return RingPlanner(expand({branch}), {1, tokens, heads, heads}, causal, ring);
}

RingSchedule plan(const Branch &branch, int64_t tokens, bool causal,
                  const Ring &ring, int64_t rank, int64_t heads = 1) {
  return plannerOf(branch, tokens, causal, ring, heads).plan(rank);
}

/// The rows that a rank receives in each step.
std::vector<int64_t> rowsReceived(const RingSchedule &schedule) {
  std::vector<int64_t> rows;
  for (const RingStep &step : schedule.steps)
    rows.push_back(step.load.receivedRows);
  return rows;
}

TEST(RingExamples, E6SegmentsInsideAShardMoveNothing) {
  for (int64_t rank = 0; rank < 4; ++rank) {
    RingSchedule schedule =
        plan({{{16, 2}}, true}, 64, false, {4, kContiguous}, rank);
    ASSERT_EQ(schedule.steps.size(), 1u);
    EXPECT_THAT(schedule.steps[0].receive, IsEmpty());
    EXPECT_EQ(schedule.steps[0].pieces.size(), 2u);
    EXPECT_EQ(schedule.steps[0].load.pairs, 2 * 8 * 8);
  }
}

TEST(RingExamples, E6SegmentsAcrossABorderMoveTheirPart) {
  // The second segment has 8 tokens on rank 0 and 16 on rank 1.
  Branch branch{{{24}, {24}, {16}}};
  RingPlanner planner = plannerOf(branch, 64, false, {2, kContiguous});
  EXPECT_THAT(planner.distances(), ElementsAre(0, 1));
  EXPECT_THAT(rowsReceived(planner.plan(0)), ElementsAre(0, 16));
  EXPECT_THAT(rowsReceived(planner.plan(1)), ElementsAre(0, 8));
}

TEST(RingExamples, E6AWindowMovesItsHalo) {
  Branch branch{{windowed(64, 5)}};
  RingSchedule schedule = plan(branch, 64, false, {4, kContiguous}, 1);
  ASSERT_EQ(schedule.steps.size(), 3u);
  EXPECT_EQ(schedule.steps[1].distance, 1);
  EXPECT_EQ(schedule.steps[2].distance, 3);
  ASSERT_EQ(schedule.steps[1].receive.size(), 1u);
  EXPECT_EQ(schedule.steps[1].receive[0].rows.affine(),
            (Progression{12, 4, 1}));
  EXPECT_EQ(schedule.steps[2].receive[0].rows.affine(), (Progression{0, 4, 1}));
  const RingPiece &piece = schedule.steps[1].pieces.at(0);
  EXPECT_EQ(piece.queries.affine(), (Progression{0, 4, 1}));
  EXPECT_EQ(piece.band, (Band{0, Band::kNoHigh}));
}

TEST(RingExamples, S1CausalMovesToLaterRanksOnly) {
  RingPlanner halo = plannerOf({{windowed(64, 5)}}, 64, true, {4, kContiguous});
  EXPECT_THAT(halo.distances(), ElementsAre(0, 1));
  EXPECT_THAT(rowsReceived(halo.plan(0)), ElementsAre(0, 0));
  EXPECT_THAT(rowsReceived(halo.plan(3)), ElementsAre(0, 4));
  RingPlanner dense = plannerOf({{{64}}}, 64, true, {4, kContiguous});
  EXPECT_THAT(rowsReceived(dense.plan(0)), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(rowsReceived(dense.plan(2)), ElementsAre(0, 16, 16, 0));
  // Rank 1 of zigzag holds parts 1 and 6: of rank 2 it needs parts 2 and 5, of
  // rank 0 part 0 alone.
  RingSchedule zigzag = plan({{{64}}}, 64, true, {4, kZigZag}, 1);
  EXPECT_THAT(rowsReceived(zigzag), ElementsAre(0, 8, 16, 16));
}

TEST(RingExamples, S7PerHeadClassesMoveTheirRows) {
  Branch branch{{{64, 4}}, false, true};
  RingSchedule schedule = plan(branch, 64, false, {2, kContiguous}, 0, 4);
  ASSERT_EQ(schedule.steps.size(), 2u);
  const std::vector<Transfer> &received = schedule.steps[1].receive;
  ASSERT_EQ(received.size(), 4u);
  for (int64_t head = 0; head < 4; ++head) {
    EXPECT_EQ(received[head].kvHeads, (HeadRange{head, head + 1}));
    EXPECT_EQ(received[head].rows.affine(), (Progression{head, 8, 4}));
  }
}

TEST(RingExamples, HeadsWithEqualRowsTravelTogether) {
  RingSchedule schedule = plan({{{64, 4}}}, 64, false, {2, kContiguous}, 0, 4);
  ASSERT_EQ(schedule.steps[1].receive.size(), 1u);
  EXPECT_EQ(schedule.steps[1].receive[0].kvHeads, (HeadRange{0, 4}));
  EXPECT_EQ(schedule.steps[1].load.receivedRows, 32 * 4);
}

TEST(RingExamples, E2OwnRowsOfASortedClassAreOneDiagonal) {
  for (Layout layout : {kContiguous, kZigZag, kStriped}) {
    RingSchedule schedule = plan({{{64}}}, 64, true, {4, layout}, 1);
    const std::vector<RingPiece> &pieces = schedule.steps[0].pieces;
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].queries.affine(), (Progression{0, 16, 1}));
    EXPECT_EQ(pieces[0].keys.affine(), (Progression{0, 16, 1}));
    EXPECT_EQ(pieces[0].band, (Band{Band::kNoLow, 0}));
  }
}

TEST(RingExamples, ZigZagPiecesAreFull) {
  for (int64_t rank = 0; rank < 4; ++rank)
    for (const RingStep &step :
         plan({{{64, 2}}}, 64, true, {4, kZigZag}, rank).steps)
      for (const RingPiece &piece : step.pieces)
        if (step.distance > 0) {
          EXPECT_EQ(piece.listed, nullptr);
          EXPECT_TRUE(piece.band.isFull());
        }
}

TEST(RingExamples, StripesAreDiagonals) {
  RingSchedule schedule = plan({{{64}}}, 64, true, {4, kStriped}, 1);
  EXPECT_EQ(schedule.steps[1].pieces.at(0).band, (Band{Band::kNoLow, 0}));
  // Rank 2's tokens come after those of rank 1: a row less is seen.
  const RingPiece &later = schedule.steps[3].pieces.at(0);
  EXPECT_EQ(later.queries.affine(), (Progression{1, 15, 1}));
  EXPECT_EQ(later.keys.affine(), (Progression{0, 15, 1}));
  EXPECT_EQ(later.band, (Band{Band::kNoLow, 0}));
}

TEST(RingExamples, StripesOfAClassShareARank) {
  RingPlanner planner = plannerOf({{{64, 4}}}, 64, false, {4, kStriped});
  EXPECT_THAT(planner.distances(), ElementsAre(0));
}

TEST(RingExamples, AWindowInsideAShardIsABandInAnyOrder) {
  Segment segment = windowed(64, 5);
  segment.order.kind = OrderKind::Hilbert;
  RingSchedule full = plan({{segment}}, 64, false, {1, kContiguous}, 0);
  ASSERT_EQ(full.steps[0].pieces.size(), 1u);
  EXPECT_EQ(full.steps[0].pieces[0].band, (Band{-4, 4}));
  EXPECT_EQ(full.steps[0].pieces[0].queries.affine(), std::nullopt);
  RingSchedule causal = plan({{segment}}, 64, true, {1, kContiguous}, 0);
  ASSERT_NE(causal.steps[0].pieces.at(0).listed, nullptr);
  EXPECT_TRUE(causal.steps[0].pieces[0].listed->causal);
}

/// Rank 1 holds tokens 8 to 15 and 48 to 55, which the window half connects, as
/// it does the first of them and tokens 56 to 63 of rank 0.
TEST(RingExamples, AWindowOverBothZigZagChunksIsOneListedPiece) {
  RingSchedule schedule =
      plan({{windowed(64, 45)}}, 64, false, {4, kZigZag}, 1);
  ASSERT_EQ(schedule.steps.size(), 4u);
  for (const RingStep &step : schedule.steps) {
    ASSERT_EQ(step.pieces.size(), 1u);
    EXPECT_EQ(step.pieces[0].queries.affine(), (Progression{0, 16, 1}));
    bool listed = step.source < 2;
    EXPECT_EQ(step.pieces[0].listed != nullptr, listed);
    if (listed)
      EXPECT_EQ(step.pieces[0].listed->window, 45);
    else
      EXPECT_TRUE(step.pieces[0].band.isFull());
  }
}

TEST(RingExamples, S6ARowThatTwoBranchesNeedComesOnce) {
  RingPlanner planner(expand({{{{64, 2}}}, {{{64}}}}), {1, 64, 1, 1}, false,
                      {2, kContiguous});
  RingSchedule schedule = planner.plan(0);
  EXPECT_THAT(rowsReceived(schedule), ElementsAre(0, 32));
  const std::vector<RingPiece> &pieces = schedule.steps[1].pieces;
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0].branch, 0);
  EXPECT_EQ(pieces[0].keys.affine(), (Progression{0, 16, 2}));
  EXPECT_EQ(pieces[1].keys.affine(), (Progression{1, 16, 2}));
  EXPECT_EQ(pieces[2].branch, 1);
  EXPECT_EQ(pieces[2].keys.affine(), (Progression{0, 32, 1}));
}

TEST(RingExamples, S2S8EmptyShardsAndNoTokens) {
  RingSchedule none = plan({{{8}}}, 0, true, {3, kZigZag}, 2);
  ASSERT_EQ(none.steps.size(), 1u);
  EXPECT_THAT(none.steps[0].pieces, IsEmpty());
  RingSchedule few = plan({{{8}}}, 2, false, {5, kContiguous}, 4);
  EXPECT_THAT(rowsReceived(few), ElementsAre(0, 0, 0));
  EXPECT_EQ(few.steps[0].load.pairs, 0);
  RingPlanner heads(expand({{{{8}}}}), {1, 8, 0, 0}, false, {2, kContiguous});
  EXPECT_THAT(heads.distances(), ElementsAre(0));
}

TEST(RingExamples, BytesAreKeysAndValues) {
  EXPECT_EQ(bytesOf(3, 64, 32, 2), 3 * 96 * 2);
}

/// Were rows, ranks squared or segments enumerated, these would not finish.
TEST(RingExamples, ThousandsOfRanksArePlanned) {
  constexpr int64_t kTokens = 256 * kMillion, kRanks = 4096;
  for (Layout layout : {kContiguous, kZigZag, kStriped}) {
    RingPlanner planner =
        plannerOf({{{kTokens}}}, kTokens, true, {kRanks, layout});
    EXPECT_EQ(planner.distances().size(), 4096u);
    RingSchedule schedule = planner.plan(kRanks - 1);
    Wide pairs = 0;
    for (const RingStep &step : schedule.steps)
      pairs += step.load.pairs;
    if (layout == kContiguous) {
      Wide rows = kTokens / kRanks, before = kTokens - rows;
      EXPECT_TRUE(pairs == rows * before + rows * (rows + 1) / 2);
    }
  }
  EXPECT_EQ(chooseLayout(expand({{{{kTokens}}}}), kTokens, kRanks, true),
            kZigZag);
}

TEST(RingExamples, AMillionSegmentsArePlanned) {
  Branch branch{{{96}, {160, 2}}, true};
  RingPlanner planner =
      plannerOf(branch, 256 * kMillion, true, {3000, kZigZag});
  EXPECT_THAT(planner.distances(), ElementsAre(0, 1, 2999));
  EXPECT_EQ(chooseLayout(expand({branch}), 256 * kMillion, 3000, true),
            kContiguous);
  EXPECT_LE(planner.plan(17).steps[1].load.receivedRows, 160);
}

} // namespace
