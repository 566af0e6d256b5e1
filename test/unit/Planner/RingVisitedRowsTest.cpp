//===- RingVisitedRowsTest.cpp - Rows that begin, and are done ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RingDefinition.h"
#include "test/unit/Planner/RingTableReader.h"
#include "gtest/gtest.h"

#include <map>
#include <tuple>

using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

/// What a rank's kernels do to the sums of its rows, which hold anything at
/// first.
class Simulated {
public:
  Simulated(const std::vector<RingTables> &tables, int64_t queries) {
    for (const RingTables &table : tables)
      for (const RingItem &item : table.items)
        visit({item, table.lists.data()}, queries);
  }

  /// How many rows an item wrote o and lse of.
  int64_t written() const {
    int64_t count = 0;
    for (const auto &[row, state] : rows)
      count += state == Written;
    return count;
  }

  /// Whether steps, or an end that looks at all `count` rows, read what nothing
  /// has written.
  bool needsZeros(int64_t count) const {
    return readsUnwritten || int64_t(rows.size()) < count;
  }

private:
  enum State { Open, Written };

  void visit(const RingTile &tile, int64_t queries) {
    for (int64_t i = tile.begin(); i < tile.end(queries); ++i) {
      const Row row{tile.item.batch, tile.item.head, tile.queryRow(i)};
      readsUnwritten |= !tile.item.fresh && rows.count(row) == 0;
      rows[row] = tile.item.last ? Written : Open;
    }
  }

  using Row = std::tuple<int32_t, int32_t, int64_t>;
  std::map<Row, State> rows;
  bool readsUnwritten = false;
};

TEST(RingVisitedRows, TellWhetherSumsAndEndAreNeeded) {
  Random random(41);
  int zeros = 0, noZeros = 0, ends = 0, noEnd = 0;
  for (int n = 0; n < 1500; ++n) {
    const RingCase c = randomRingCase(random);
    PlanOptions options;
    options.causal = c.causal;
    options.queries = pick(random, 1, 12);
    RingPlanner planner(c.branches, c.sizes, c.causal, c.ring);
    const Shards shards = shardsOf(c.ring, c.sizes.tokens);
    for (int64_t rank = 0; rank < c.ring.size; ++rank) {
      std::vector<RingTables> tables;
      ASSERT_EQ(makeRingTables(planner.plan(rank).steps, c.sizes,
                               c.branches.size(), options, tables),
                std::nullopt);
      VisitedRows visited;
      for (const RingTables &table : tables)
        visited += countVisitedRows(table.items.data(), table.items.size(),
                                    options.queries);
      const int64_t rows =
          int64_t(shards[rank].size()) * c.sizes.batch * c.sizes.heads;
      const Simulated simulated(tables, options.queries);
      ASSERT_EQ(visited.last, simulated.written()) << n << ": " << c;
      ASSERT_EQ(visited.fresh < rows, simulated.needsZeros(rows))
          << n << ": " << c;
      (visited.fresh < rows ? zeros : noZeros)++;
      (visited.last < rows ? ends : noEnd)++;
    }
  }
  for (int count : {zeros, noZeros, ends, noEnd})
    EXPECT_GT(count, 300);
}

} // namespace
