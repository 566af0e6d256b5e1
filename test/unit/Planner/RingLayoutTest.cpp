//===- RingLayoutTest.cpp - Shards are what S8 says -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/RingDefinition.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

namespace {

TEST(RingLayout, CheckRingAndRank) {
  EXPECT_EQ(checkRing({1}), std::nullopt);
  EXPECT_EQ(checkRing({0}), "the size of a ring must be at least 1, but is 0");
  EXPECT_THAT(checkRing({-3}), Optional(HasSubstr("but is -3")));
  EXPECT_EQ(checkRing({kMaxRingSize}), std::nullopt);
  EXPECT_THAT(checkRing({kMaxRingSize + 1}), Optional(HasSubstr("at most")));
  EXPECT_EQ(checkRank({4}, 3), std::nullopt);
  EXPECT_EQ(checkRank({4}, 4), "the rank must be between 0 and 3 in a ring of "
                               "4, but is 4");
  EXPECT_THAT(checkRank({4}, -1), Optional(HasSubstr("but is -1")));
}

TEST(RingLayout, CheckShardNamesBothLengths) {
  Ring ring{4, Layout::ZigZag};
  EXPECT_EQ(checkShard(ring, 10, 1, 3), std::nullopt);
  EXPECT_EQ(checkShard(ring, 10, 2, 3),
            "rank 2 of 4 holds 2 of S = 10 tokens in the zigzag layout, but "
            "its shard has 3 rows");
}

TEST(RingLayout, S8Examples) {
  EXPECT_THAT(shardsOf({2, Layout::Contiguous}, 5),
              ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
  EXPECT_EQ(tokenAt({2, Layout::ZigZag}, 5, 0, 2), 4);
  EXPECT_EQ(tokenAt({2, Layout::ZigZag}, 5, 1, 1), 3);
  EXPECT_EQ(tokenAt({2, Layout::Striped}, 5, 1, 1), 3);
}

TEST(RingLayout, S8EveryTokenLivesWhereTheDefinitionSays) {
  for (Layout layout : kLayouts)
    for (int64_t size = 1; size <= 9; ++size)
      for (int64_t tokens = 0; tokens <= 40; ++tokens) {
        Ring ring{size, layout};
        Shards shards = shardsOf(ring, tokens);
        for (int64_t rank = 0; rank < size; ++rank) {
          int64_t rows = static_cast<int64_t>(shards[rank].size());
          ASSERT_EQ(shardLength(ring, tokens, rank), rows);
          for (int64_t row = 0; row < rows; ++row) {
            int64_t token = shards[rank][row];
            ASSERT_EQ(tokenAt(ring, tokens, rank, row), token);
            Residence residence = residenceOf(ring, tokens, token);
            ASSERT_EQ(residence.rank, rank);
            ASSERT_EQ(residence.row, row);
          }
        }
      }
}

TEST(RingLayout, ChunksAreTheShardAndAreApart) {
  for (Layout layout : kLayouts)
    for (int64_t size = 1; size <= 6; ++size)
      for (int64_t tokens = 0; tokens <= 20; ++tokens) {
        Ring ring{size, layout};
        Shards shards = shardsOf(ring, tokens);
        for (int64_t rank = 0; rank < size; ++rank) {
          std::vector<int64_t> found;
          for (const Chunk &chunk : shardOf(ring, tokens, rank)) {
            ASSERT_EQ(chunk.firstRow, static_cast<int64_t>(found.size()));
            ASSERT_GT(chunk.tokens.count, 0);
            if (!found.empty())
              ASSERT_GT(chunk.tokens.first, found.back() + 1);
            for (int64_t i = 0; i < chunk.tokens.count; ++i)
              found.push_back(chunk.tokens[i]);
          }
          ASSERT_EQ(found, shards[rank]);
        }
      }
}

} // namespace
