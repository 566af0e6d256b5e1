//===- RingItemsTest.cpp - The work tables of a ring's steps --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RingDefinition.h"
#include "test/unit/Planner/RingTableReader.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::HasSubstr;
using testing::Optional;

namespace {

/// A row of a step's k and v.
struct KeyRow {
  int64_t kvHead, token;
};

/// What the tables of a case's ranks compute, against the definition.
class Walked {
public:
  Walked(const RingCase &c, const PlanOptions &options)
      : c(c), truth(c), options(options) {}

  void checkAll();

  int64_t banded = 0, windowed = 0, ordered = 0, listedKeys = 0, listedRows = 0,
          trimmed = 0, received = 0, last = 0, notLast = 0, fresh = 0,
          notFresh = 0;

private:
  void checkRank(int64_t rank, const std::vector<RingStep> &steps);
  void checkStep(int64_t rank, const RingStep &step, const RingTables &tables);
  void checkLast(const std::vector<RingTables> &tables);
  void checkFresh(const std::vector<RingTables> &tables);
  void checkItem(int64_t rank, const RingStep &step, const RingTables &tables,
                 const RingTile &tile, int64_t branch);
  void checkEnds(const RingTile &tile) const;
  void checkOnce(const RingTables &tables) const;
  void countKinds(const RingStep &step, const RingItem &item);
  KeyRow keyOf(int64_t rank, const RingStep &step, const RingTile &tile,
               int64_t j) const;
  std::vector<KeyRow> bufferOf(const RingStep &step) const;
  int &countOf(int64_t branch, int64_t batch, int64_t head, int64_t i,
               int64_t j) {
    int64_t row = (branch * c.sizes.batch + batch) * c.sizes.heads + head;
    return counts.at((row * c.sizes.tokens + i) * c.sizes.tokens + j);
  }

  const RingCase &c;
  RingTruth truth;
  PlanOptions options;
  std::vector<int> counts;
  std::vector<KeyRow> buffer;
};

/// The rows of a step's buffer as the spec of the table orders them.
std::vector<KeyRow> Walked::bufferOf(const RingStep &step) const {
  std::vector<KeyRow> rows;
  for (const Transfer &transfer : step.receive)
    for (int32_t row : transfer.rows.list())
      for (int64_t head = transfer.kvHeads.begin; head < transfer.kvHeads.end;
           ++head)
        rows.push_back({head, truth.shards[step.source].at(row)});
  return rows;
}

KeyRow Walked::keyOf(int64_t rank, const RingStep &step, const RingTile &tile,
                     int64_t j) const {
  if (step.distance == 0)
    return {tile.item.keyHead, truth.shards[rank].at(tile.keyRow(j))};
  EXPECT_EQ(tile.item.keyHead, 0);
  return buffer.at(tile.keyRow(j));
}

/// An item of a band has no key at its ends that none of its queries sees;
/// with a list those at the ends are in reach of the nearest query.
void Walked::checkEnds(const RingTile &tile) const {
  const RingItem &item = tile.item;
  for (int64_t j : {int64_t(0), int64_t(item.keys) - 1}) {
    bool seen = item.queryTokens >= 0 && item.window > 0; // tokens: a bound
    for (int64_t i = tile.begin(); i < tile.end(options.queries); ++i)
      seen |= tile.sees(i, j);
    ASSERT_TRUE(seen);
  }
}

void Walked::countKinds(const RingStep &step, const RingItem &item) {
  banded += item.low > -item.rows || item.high < item.keys;
  windowed += item.window > 0;
  ordered += item.queryTokens >= 0;
  listedKeys += item.keyList >= 0;
  listedRows += item.list >= 0;
  received += step.distance > 0;
  for (const RingPiece &piece : step.pieces)
    if (piece.queries.size() == item.rows && piece.keys.size() > item.keys) {
      ++trimmed;
      break;
    }
}

void Walked::checkItem(int64_t rank, const RingStep &step,
                       const RingTables &tables, const RingTile &tile,
                       int64_t branch) {
  const RingItem &item = tile.item;
  ASSERT_EQ(item.row % options.queries, 0);
  ASSERT_LT(item.row, item.rows);
  ASSERT_GE(item.low, -item.rows);
  ASSERT_LE(item.high, item.keys);
  ASSERT_EQ(item.window > 0, item.queryPositions >= 0);
  ASSERT_EQ(item.window > 0, item.keyPositions >= 0);
  ASSERT_EQ(item.queryTokens >= 0, item.keyTokens >= 0);
  ASSERT_TRUE(tables.listed || (item.window == 0 && item.queryTokens < 0));
  ASSERT_NO_FATAL_FAILURE(checkEnds(tile));
  countKinds(step, item);
  const int64_t kvHead = item.head / (c.sizes.heads / c.sizes.kvHeads);
  for (int64_t i = tile.begin(); i < tile.end(options.queries); ++i) {
    const int64_t query = truth.shards[rank].at(tile.queryRow(i));
    int64_t seen = 0;
    for (int64_t j = 0; j < item.keys; ++j) {
      const KeyRow key = keyOf(rank, step, tile, j);
      ASSERT_EQ(key.kvHead, kvHead);
      if (!tile.sees(i, j))
        continue;
      ++seen;
      ++countOf(branch, item.batch, item.head, query, key.token);
    }
    ASSERT_GT(seen, 0);
  }
}

/// No query row of a head comes twice in a phase, and the longest first.
void Walked::checkOnce(const RingTables &tables) const {
  for (size_t branch = 0; branch + 1 < tables.phases.size(); ++branch) {
    std::set<std::tuple<int32_t, int32_t, int64_t>> computed;
    for (int32_t n = tables.phases[branch]; n < tables.phases[branch + 1];
         ++n) {
      const RingTile tile{tables.items[n], tables.lists.data()};
      for (int64_t i = tile.begin(); i < tile.end(options.queries); ++i)
        ASSERT_TRUE(
            computed.insert({tile.item.batch, tile.item.head, tile.queryRow(i)})
                .second);
      if (options.order == TileOrder::LongestFirst && n > tables.phases[branch])
        ASSERT_GE(tables.items[n - 1].keys, tile.item.keys);
    }
  }
}

void Walked::checkStep(int64_t rank, const RingStep &step,
                       const RingTables &tables) {
  buffer = bufferOf(step);
  ASSERT_EQ(rowsOf(step.receive), int64_t(buffer.size()));
  ASSERT_EQ(tables.phases.size(), c.branches.size() + 1);
  ASSERT_EQ(tables.phases.front(), 0);
  ASSERT_EQ(tables.phases.back(), int64_t(tables.items.size()));
  ASSERT_NO_FATAL_FAILURE(checkOnce(tables));
  bool listed = false;
  for (size_t branch = 0; branch < c.branches.size(); ++branch)
    for (int32_t n = tables.phases[branch]; n < tables.phases[branch + 1];
         ++n) {
      const RingItem &item = tables.items[n];
      ASSERT_NO_FATAL_FAILURE(
          checkItem(rank, step, tables, {item, tables.lists.data()}, branch))
          << "distance " << step.distance << " item " << n;
      listed |= item.window > 0 || item.queryTokens >= 0;
    }
  ASSERT_EQ(tables.listed, listed);
}

/// Walks backwards: an item is the last iff none of its rows came yet in a
/// phase after its own.
void Walked::checkLast(const std::vector<RingTables> &tables) {
  using Row = std::tuple<int32_t, int32_t, int64_t>;
  std::set<Row> later;
  for (size_t step = tables.size(); step-- > 0;) {
    const RingTables &table = tables[step];
    for (size_t branch = c.branches.size(); branch-- > 0;) {
      std::set<Row> rows;
      for (int32_t n = table.phases[branch]; n < table.phases[branch + 1];
           ++n) {
        const RingTile tile{table.items[n], table.lists.data()};
        bool isLast = true;
        for (int64_t i = tile.begin(); i < tile.end(options.queries); ++i) {
          const Row row{tile.item.batch, tile.item.head, tile.queryRow(i)};
          isLast &= later.count(row) == 0;
          rows.insert(row);
        }
        ASSERT_EQ(tile.item.last, isLast) << "step " << step << " item " << n;
        (isLast ? last : notLast)++;
      }
      later.insert(rows.begin(), rows.end());
    }
  }
}

/// The same forwards.
void Walked::checkFresh(const std::vector<RingTables> &tables) {
  using Row = std::tuple<int32_t, int32_t, int64_t>;
  std::set<Row> earlier;
  for (size_t step = 0; step < tables.size(); ++step) {
    const RingTables &table = tables[step];
    for (size_t branch = 0; branch < c.branches.size(); ++branch) {
      std::set<Row> rows;
      for (int32_t n = table.phases[branch]; n < table.phases[branch + 1];
           ++n) {
        const RingTile tile{table.items[n], table.lists.data()};
        bool isFresh = true;
        for (int64_t i = tile.begin(); i < tile.end(options.queries); ++i) {
          const Row row{tile.item.batch, tile.item.head, tile.queryRow(i)};
          isFresh &= earlier.count(row) == 0;
          rows.insert(row);
        }
        ASSERT_EQ(tile.item.fresh, isFresh) << "step " << step << " item " << n;
        (isFresh ? fresh : notFresh)++;
      }
      earlier.insert(rows.begin(), rows.end());
    }
  }
}

void Walked::checkRank(int64_t rank, const std::vector<RingStep> &steps) {
  std::vector<RingTables> tables;
  ASSERT_EQ(makeRingTables(steps, c.sizes, c.branches.size(), options, tables),
            std::nullopt);
  ASSERT_EQ(tables.size(), steps.size());
  for (size_t step = 0; step < steps.size(); ++step)
    ASSERT_NO_FATAL_FAILURE(checkStep(rank, steps[step], tables[step]));
  ASSERT_NO_FATAL_FAILURE(checkLast(tables));
  ASSERT_NO_FATAL_FAILURE(checkFresh(tables));
}

/// Every allowed pair is computed once by its query's rank, and no other.
void Walked::checkAll() {
  counts.assign(c.branches.size() * c.sizes.batch * c.sizes.heads *
                    c.sizes.tokens * c.sizes.tokens,
                0);
  RingPlanner planner(c.branches, c.sizes, c.causal, c.ring);
  for (int64_t rank = 0; rank < c.ring.size; ++rank)
    ASSERT_NO_FATAL_FAILURE(checkRank(rank, planner.plan(rank).steps))
        << "rank " << rank;
  for (size_t branch = 0; branch < c.branches.size(); ++branch)
    for (int64_t batch = 0; batch < c.sizes.batch; ++batch)
      for (int64_t head = 0; head < c.sizes.heads; ++head)
        for (int64_t i = 0; i < c.sizes.tokens; ++i)
          for (int64_t j = 0; j < c.sizes.tokens; ++j)
            ASSERT_EQ(countOf(branch, batch, head, i, j),
                      truth.allows(branch, head, i, j))
                << "branch " << branch << " batch " << batch << " head " << head
                << " query " << i << " key " << j;
}

TEST(RingItems, E6S8TablesMatchTheDefinition) {
  Random random(31);
  int64_t banded = 0, windowed = 0, ordered = 0, listedKeys = 0, listedRows = 0,
          trimmed = 0, received = 0, last = 0, notLast = 0, fresh = 0,
          notFresh = 0;
  for (int n = 0; n < 3000; ++n) {
    const RingCase c = randomRingCase(random);
    PlanOptions options;
    options.causal = c.causal;
    options.queries = pick(random, 1, 12);
    options.order =
        pick(random, 0, 1) == 0 ? TileOrder::Plain : TileOrder::LongestFirst;
    Walked walked(c, options);
    ASSERT_NO_FATAL_FAILURE(walked.checkAll())
        << "case " << n << ", " << options.queries << " queries: " << c;
    banded += walked.banded;
    windowed += walked.windowed;
    ordered += walked.ordered;
    listedKeys += walked.listedKeys;
    listedRows += walked.listedRows;
    trimmed += walked.trimmed;
    received += walked.received;
    last += walked.last;
    notLast += walked.notLast;
    fresh += walked.fresh;
    notFresh += walked.notFresh;
  }
  // All that an item can be has been seen.
  EXPECT_GT(banded, 10000);
  EXPECT_GT(windowed, 3000);
  EXPECT_GT(ordered, 1000);
  EXPECT_GT(listedKeys, 1000);
  EXPECT_GT(listedRows, 1000);
  EXPECT_GT(trimmed, 5000);
  EXPECT_GT(received, 50000);
  EXPECT_GT(last, 10000);
  EXPECT_GT(notLast, 10000);
  EXPECT_GT(fresh, 10000);
  EXPECT_GT(notFresh, 10000);
}

/// A step of one piece, and the options of a table with one query to an item.
struct Alone {
  Alone() {
    options.queries = 1;
    step.pieces.resize(1);
    step.pieces[0].heads = {0, 1};
    step.pieces[0].queries = step.pieces[0].keys = Progression{0, 1, 1};
  }
  Violation make() {
    return makeRingTables({step}, {2, 8, 4, 2}, 1, options, tables);
  }

  RingStep step;
  PlanOptions options;
  std::vector<RingTables> tables;
};

TEST(RingItems, WhatDoesNotFitIsRefusedBeforeItIsAllocated) {
  constexpr int64_t half = int64_t(1) << 30;
  Alone items, lists, rows;
  EXPECT_EQ(items.make(), std::nullopt);
  items.step.pieces[0].queries = Progression{0, half, 1};
  EXPECT_THAT(items.make(),
              Optional(HasSubstr("would have 2147483648 items, but must have "
                                 "fewer than 2^31")));
  lists.options.queries = kMaxInt32;
  for (int64_t stride : {1, 2})
    lists.step.pieces[0].keys.append(Progression{5, half, stride});
  EXPECT_THAT(lists.make(),
              Optional(HasSubstr("would have 2147483649 list entries")));
  rows.step.receive = {{{0, 2}, Progression{0, half, 1}}};
  EXPECT_THAT(rows.make(),
              Optional(HasSubstr("would have 2147483648 rows that move")));
  rows.step.send.swap(rows.step.receive);
  EXPECT_THAT(rows.make(), Optional(HasSubstr("rows that move")));
  EXPECT_TRUE(rows.tables.empty());
}

TEST(RingItems, ATileOfABandHasTheKeysThatItsQueriesSee) {
  Alone alone;
  RingPiece &piece = alone.step.pieces[0];
  piece.queries = Progression{3, 6, 2};
  piece.keys = Progression{1, 10, 3};
  piece.band = {1, 2};
  alone.options.queries = 4;
  ASSERT_EQ(alone.make(), std::nullopt);
  ASSERT_EQ(alone.tables.at(0).items.size(), 4u); // two batches, two tiles
  const RingItem &item = alone.tables[0].items[1];
  EXPECT_EQ(item.row, 4);
  EXPECT_EQ(item.rows, 6);
  EXPECT_EQ(item.first, 3); // of the piece, not of the tile
  EXPECT_EQ(item.keyFirst, 1 + 5 * 3);
  EXPECT_EQ(item.keyStride, 3);
  EXPECT_EQ(item.keys, 3); // keys 5, 6 and 7
  EXPECT_EQ(item.low, 1 - 5);
  EXPECT_EQ(item.high, 2 - 5);
}

} // namespace
