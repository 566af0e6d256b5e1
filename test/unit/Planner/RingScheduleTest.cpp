//===- RingScheduleTest.cpp - Ring schedules move and compute what E6 says ===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingSchedule.h"

#include "test/unit/Planner/RingDefinition.h"
#include "gmock/gmock.h"

#include <algorithm>
#include <map>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

/// A case with the schedule of each of its ranks.
class Planned {
public:
  explicit Planned(RingCase given) : c(std::move(given)), truth(c) {
    RingPlanner planner(c.branches, c.sizes, c.causal, c.ring);
    for (int64_t rank = 0; rank < c.ring.size; ++rank) {
      schedules.push_back(planner.plan(rank));
      loads.push_back(planner.load(rank));
    }
  }

  void checkAll() const;

  /// The pieces of all ranks for which a predicate holds.
  template <typename Predicate> int64_t count(Predicate predicate) const {
    int64_t found = 0;
    for (const RingSchedule &schedule : schedules)
      for (const RingStep &step : schedule.steps)
        for (const RingPiece &piece : step.pieces)
          found += predicate(step, piece);
    return found;
  }

private:
  void checkSteps() const;
  void checkReceived(int64_t rank, const RingStep &step) const;
  void checkSent(int64_t rank, const RingStep &step) const;
  void checkPieces(int64_t rank) const;
  void checkPiece(int64_t rank, const RingStep &step,
                  const RingPiece &piece) const;
  void checkOnePiecePerQuery(const RingStep &step) const;
  void checkLoad(int64_t rank, size_t index) const;
  void countPairs(int64_t rank, const RingStep &step, const RingPiece &piece,
                  std::vector<int> &counts) const;
  std::vector<int64_t> keyTokens(int64_t rank, const RingStep &step,
                                 const RingPiece &piece) const;
  int64_t rowsReceived(int64_t rank, int64_t distance) const;
  int64_t before(int64_t rank, int64_t distance) const {
    return (rank + c.ring.size - distance) % c.ring.size;
  }

  RingCase c;
  RingTruth truth;
  std::vector<RingSchedule> schedules;
  std::vector<std::vector<StepLoad>> loads;
};

int64_t Planned::rowsReceived(int64_t rank, int64_t distance) const {
  int64_t rows = 0;
  for (int64_t head = 0; head < c.sizes.kvHeads && distance > 0; ++head)
    rows += truth.needed(rank, before(rank, distance), head).size();
  return rows * c.sizes.batch;
}

/// Step 0 and the steps in which some rank receives, on every rank.
void Planned::checkSteps() const {
  std::vector<int64_t> expected;
  for (int64_t distance = 0; distance < c.ring.size; ++distance) {
    int64_t rows = 0;
    for (int64_t rank = 0; rank < c.ring.size; ++rank)
      rows += rowsReceived(rank, distance);
    if (distance == 0 || rows > 0)
      expected.push_back(distance);
  }
  for (int64_t rank = 0; rank < c.ring.size; ++rank) {
    std::vector<int64_t> distances;
    for (const RingStep &step : schedules[rank].steps) {
      distances.push_back(step.distance);
      ASSERT_EQ(step.source, before(rank, step.distance));
      ASSERT_EQ(before(step.target, step.distance), rank);
    }
    ASSERT_EQ(distances, expected);
  }
}

/// E6: exactly the rows needed, each once.
void Planned::checkReceived(int64_t rank, const RingStep &step) const {
  std::vector<std::set<int64_t>> received(c.sizes.kvHeads);
  int64_t end = 0;
  for (const Transfer &transfer : step.receive) {
    ASSERT_GE(transfer.kvHeads.begin, end);
    ASSERT_GT(transfer.kvHeads.size(), 0);
    ASSERT_FALSE(transfer.rows.empty());
    end = transfer.kvHeads.end;
    for (int64_t head = transfer.kvHeads.begin; head < end; ++head)
      for (int32_t row : transfer.rows.list())
        ASSERT_TRUE(
            received.at(head).insert(truth.shards[step.source].at(row)).second);
  }
  for (int64_t head = 0; head < c.sizes.kvHeads && step.distance > 0; ++head)
    ASSERT_EQ(received[head], truth.needed(rank, step.source, head));
  if (step.distance == 0)
    ASSERT_TRUE(step.receive.empty());
}

void Planned::checkSent(int64_t rank, const RingStep &step) const {
  for (const RingStep &other : schedules[step.target].steps) {
    if (other.distance != step.distance)
      continue;
    ASSERT_EQ(other.source, rank);
    ASSERT_EQ(step.send.size(), other.receive.size());
    for (size_t t = 0; t < step.send.size(); ++t) {
      ASSERT_EQ(step.send[t].kvHeads, other.receive[t].kvHeads);
      ASSERT_EQ(step.send[t].rows.list(), other.receive[t].rows.list());
    }
  }
}

std::vector<int64_t> Planned::keyTokens(int64_t rank, const RingStep &step,
                                        const RingPiece &piece) const {
  std::vector<int64_t> tokens;
  if (step.distance == 0) {
    for (int32_t row : piece.keys.list())
      tokens.push_back(truth.shards[rank].at(row));
    return tokens;
  }
  std::vector<int32_t> rows = step.receive.at(piece.transfer).rows.list();
  for (int32_t place : piece.keys.list())
    tokens.push_back(truth.shards[step.source].at(rows.at(place)));
  return tokens;
}

void Planned::checkPiece(int64_t rank, const RingStep &step,
                         const RingPiece &piece) const {
  ASSERT_GT(piece.heads.size(), 0);
  ASSERT_EQ(piece.transfer < 0, step.distance == 0);
  if (step.distance > 0) {
    HeadRange kv = step.receive.at(piece.transfer).kvHeads;
    int64_t share = c.sizes.heads / c.sizes.kvHeads;
    ASSERT_GE(piece.heads.begin / share, kv.begin);
    ASSERT_LT((piece.heads.end - 1) / share, kv.end);
    if (c.branches.size() == 1) { // one run of the buffer, in class order
      ASSERT_TRUE(piece.keys.affine());
      ASSERT_EQ(piece.keys.affine()->stride, 1);
    }
  }
  int64_t queries = piece.queries.size(), keys = piece.keys.size();
  std::vector<bool> seen(keys);
  for (int64_t i = 0; i < queries; ++i) {
    bool sees = false;
    for (int64_t j = 0; j < keys; ++j)
      if (piece.sees(i, j))
        sees = seen[j] = true;
    ASSERT_TRUE(sees);
  }
  ASSERT_EQ(std::count(seen.begin(), seen.end(), false), 0);
  bool windows = false, gathers = false;
  for (const ClassGroup &group : c.branches[piece.branch].groups) {
    windows |= group.window.has_value();
    gathers |= group.grid.has_value();
  }
  if (piece.listed)
    ASSERT_TRUE(windows ||
                (c.causal && gathers && c.ring.layout == Layout::Striped))
        << "rank " << rank;
}

void Planned::checkOnePiecePerQuery(const RingStep &step) const {
  std::set<std::tuple<int32_t, int64_t, int32_t>> computed;
  for (const RingPiece &piece : step.pieces)
    for (int64_t head = piece.heads.begin; head < piece.heads.end; ++head)
      for (int32_t row : piece.queries.list())
        ASSERT_TRUE(computed.insert({piece.branch, head, row}).second);
}

void Planned::countPairs(int64_t rank, const RingStep &step,
                         const RingPiece &piece,
                         std::vector<int> &counts) const {
  std::vector<int32_t> queries = piece.queries.list();
  std::vector<int64_t> keys = keyTokens(rank, step, piece);
  for (int64_t head = piece.heads.begin; head < piece.heads.end; ++head)
    for (size_t i = 0; i < queries.size(); ++i)
      for (size_t j = 0; j < keys.size(); ++j)
        if (piece.sees(i, j)) {
          int64_t row = (piece.branch * c.sizes.heads + head) *
                            truth.shards[rank].size() +
                        queries[i];
          ++counts.at(row * c.sizes.tokens + keys[j]);
        }
}

/// Every allowed pair is computed once, and nothing else.
void Planned::checkPieces(int64_t rank) const {
  const std::vector<int64_t> &shard = truth.shards[rank];
  std::vector<int> counts(c.branches.size() * c.sizes.heads * shard.size() *
                          c.sizes.tokens);
  for (const RingStep &step : schedules[rank].steps) {
    ASSERT_NO_FATAL_FAILURE(checkOnePiecePerQuery(step));
    ASSERT_TRUE(std::is_sorted(step.pieces.begin(), step.pieces.end(),
                               [](const RingPiece &a, const RingPiece &b) {
                                 return a.branch < b.branch;
                               }));
    for (const RingPiece &piece : step.pieces) {
      ASSERT_NO_FATAL_FAILURE(checkPiece(rank, step, piece))
          << "distance " << step.distance;
      countPairs(rank, step, piece, counts);
    }
  }
  size_t at = 0;
  for (size_t b = 0; b < c.branches.size(); ++b)
    for (int64_t head = 0; head < c.sizes.heads; ++head)
      for (int64_t i : shard)
        for (int64_t j = 0; j < c.sizes.tokens; ++j)
          ASSERT_EQ(counts[at++], truth.allows(b, head, i, j))
              << "rank " << rank << " branch " << b << " head " << head
              << " query " << i << " key " << j;
}

void Planned::checkLoad(int64_t rank, size_t index) const {
  const RingStep &step = schedules[rank].steps[index];
  const StepLoad &load = loads[rank].at(index);
  for (const StepLoad *each : {&step.load, &load}) {
    ASSERT_EQ(each->distance, step.distance);
    ASSERT_EQ(each->receivedRows, rowsReceived(rank, step.distance));
    ASSERT_EQ(each->sentRows, rowsReceived(step.target, step.distance));
    ASSERT_EQ(each->pairs, truth.pairs(rank, step.source));
  }
}

void Planned::checkAll() const {
  ASSERT_NO_FATAL_FAILURE(checkSteps());
  for (int64_t rank = 0; rank < c.ring.size; ++rank) {
    for (size_t i = 0; i < schedules[rank].steps.size(); ++i) {
      const RingStep &step = schedules[rank].steps[i];
      ASSERT_NO_FATAL_FAILURE(checkReceived(rank, step));
      ASSERT_NO_FATAL_FAILURE(checkSent(rank, step));
      ASSERT_NO_FATAL_FAILURE(checkLoad(rank, i));
    }
    ASSERT_NO_FATAL_FAILURE(checkPieces(rank));
  }
}

TEST(RingSchedule, E6S8MatchTheDefinition) {
  Random random(24);
  int64_t full = 0, below = 0, windowed = 0, listed = 0, shared = 0;
  for (int i = 0; i < 4000; ++i) {
    RingCase c = randomRingCase(random);
    Planned planned(c);
    ASSERT_NO_FATAL_FAILURE(planned.checkAll()) << "case " << i << ": " << c;
    auto countRemote = [&](auto predicate) {
      return planned.count([&](const RingStep &step, const RingPiece &piece) {
        return step.distance > 0 && predicate(piece);
      });
    };
    full += countRemote([](const RingPiece &piece) {
      return piece.band.isFull() && !piece.listed;
    });
    below += countRemote([](const RingPiece &piece) {
      return piece.band.low == Band::kNoLow && !piece.band.isFull();
    });
    windowed += countRemote(
        [](const RingPiece &piece) { return piece.band.low != Band::kNoLow; });
    listed += countRemote(
        [](const RingPiece &piece) { return piece.listed != nullptr; });
    shared += countRemote(
        [](const RingPiece &piece) { return !piece.keys.affine(); });
  }
  // All that a piece can be has been seen.
  EXPECT_GT(full, 50000);
  EXPECT_GT(below, 3000);
  EXPECT_GT(windowed, 1500);
  EXPECT_GT(listed, 1000);
  EXPECT_GT(shared, 500);
}

} // namespace
