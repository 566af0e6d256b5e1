//===- RingPackingTest.cpp - The rows that a step sends, as a table -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingPacking.h"
#include "lib/Planner/RingItems.h"
#include "test/unit/Planner/RingDefinition.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::ElementsAre;

namespace {

/// A row of the shard.
struct Row {
  int64_t token = -1, head = -1;
  bool operator==(const Row &other) const {
    return token == other.token && head == other.head;
  }
};

/// What the transfers send, transfer by transfer, token by token, head by head.
std::vector<Row> sent(const std::vector<Transfer> &transfers) {
  std::vector<Row> rows;
  for (const Transfer &transfer : transfers)
    for (int32_t token : transfer.rows.list())
      for (int64_t head = transfer.kvHeads.begin; head < transfer.kvHeads.end;
           ++head)
        rows.push_back({token, head});
  return rows;
}

/// What a kernel packs that reads the items in any order: each place once.
void checkTable(const std::vector<Transfer> &transfers, int64_t &strided) {
  const std::vector<Row> expected = sent(transfers);
  ASSERT_EQ(int64_t(expected.size()), rowsOf(transfers));
  std::vector<Row> packed(expected.size());
  for (const PackItem &item : makePackTable(transfers)) {
    ASSERT_GE(item.tokens, 1);
    ASSERT_TRUE(item.tokens == 1 || item.tokens * item.heads <= kPackItemRows);
    strided += item.tokens > 1 && item.stride != 1;
    for (int64_t i = 0; i < item.tokens; ++i)
      for (int64_t head = 0; head < item.heads; ++head) {
        Row &row = packed.at(item.place + i * item.heads + head);
        ASSERT_EQ(row.token, -1);
        row = {item.first + i * item.stride, item.head + head};
      }
  }
  ASSERT_EQ(packed, expected);
}

TEST(RingPacking, EveryRowOfAnyPatternHasItsPlace) {
  Random random{5};
  int64_t strided = 0, rows = 0;
  for (int n = 0; n < 300; ++n) {
    const RingCase c = randomRingCase(random);
    for (int64_t rank = 0; rank < c.ring.size; ++rank)
      for (const RingStep &step :
           planRing(c.branches, c.sizes, c.causal, c.ring, rank).steps) {
        ASSERT_NO_FATAL_FAILURE(checkTable(step.send, strided)) << n;
        rows += rowsOf(step.send);
      }
  }
  EXPECT_GT(strided, 100);
  EXPECT_GT(rows, 10000);
}

MATCHER_P6(isItem, first, stride, tokens, head, heads, place, "") {
  return arg.first == first && arg.stride == stride && arg.tokens == tokens &&
         arg.head == head && arg.heads == heads && arg.place == place;
}

TEST(RingPacking, LongRunsAreCutAndManyHeadsAreNot) {
  Transfer few{{2, 4}, RowSequence(Progression{5, 20, 3})};
  Transfer many{{4, 44}, RowSequence(Progression{7, 2, 9})};
  EXPECT_THAT(makePackTable({few, many}),
              ElementsAre(isItem(5, 3, 8, 2, 2, 0), isItem(29, 3, 8, 2, 2, 16),
                          isItem(53, 3, 4, 2, 2, 32),
                          isItem(7, 1, 1, 4, 40, 40),
                          isItem(16, 1, 1, 4, 40, 80)));
}

/// A million tokens and more.
TEST(RingPacking, RowsReachAsFarAs32Bits) {
  const int64_t last = (int64_t(1) << 31) - 1;
  Transfer backwards{{0, 1}, RowSequence(Progression{last, 3, -(last / 2)})};
  EXPECT_THAT(makePackTable({backwards}),
              ElementsAre(isItem(last, -(last / 2), 3, 0, 1, 0)));
}

} // namespace
