//===- LayoutsTest.cpp - The layouts of a ring, through the C ABI ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "lib/Planner/RingChoice.h"
#include "gtest/gtest.h"
#include <thread>

using namespace rdattn::test;
using namespace rdattn::planner;

namespace {

TEST(RingLayouts, S8LengthsAndPositionsAreTheDefinitions) {
  for (int layout = 0; layout < 3; ++layout)
    for (int32_t size = 1; size < 6; ++size)
      for (int64_t tokens = 0; tokens < 25; ++tokens) {
        Shards shards = shardsOf({size, static_cast<Layout>(layout)}, tokens);
        for (int32_t rank = 0; rank < size; ++rank) {
          auto named = static_cast<rdattn_ring_layout>(layout);
          const int64_t length =
              rdattn_ring_shard_length(named, tokens, size, rank);
          ASSERT_EQ(length, int64_t(shards[rank].size()));
          std::vector<int64_t> positions(length);
          ASSERT_EQ(rdattn_ring_positions(named, tokens, size, rank,
                                          positions.data()),
                    RDATTN_OK);
          ASSERT_EQ(positions, shards[rank]);
        }
      }
  EXPECT_EQ(rdattn_ring_positions(RDATTN_RING_STRIPED, 1, 2, 1, nullptr),
            RDATTN_OK); // an empty shard
}

TEST(RingLayouts, ArgumentsAreChecked) {
  struct Case {
    int layout;
    int64_t tokens;
    int32_t size, rank;
    const char *message;
  };
  const Case cases[] = {
      {3, 8, 2, 0,
       "layout is 3, but must be 0 (contiguous), 1 (zigzag) or 2 (striped)"},
      {0, -8, 2, 0, "tokens is -8, but must not be negative"},
      {0, 8, 0, 0, nullptr},
      {1, 8, 2, 2, nullptr},
      {2, 8, 2, -1, nullptr}};
  for (const Case &c : cases) {
    auto layout = static_cast<rdattn_ring_layout>(c.layout);
    int64_t positions[8];
    EXPECT_EQ(rdattn_ring_shard_length(layout, c.tokens, c.size, c.rank), -1);
    const std::string message = rdattn_last_error();
    if (c.message)
      EXPECT_EQ(message, c.message);
    EXPECT_EQ(
        rdattn_ring_positions(layout, c.tokens, c.size, c.rank, positions),
        RDATTN_INVALID_ARGUMENT);
    EXPECT_EQ(rdattn_last_error(), message);
  }
  EXPECT_EQ(rdattn_ring_positions(RDATTN_RING_ZIGZAG, 8, 2, 0, nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "tokens_out is NULL, but must have room for 4 tokens");
}

PlanSpec dense(bool causal) {
  PlanSpec spec;
  Branch branch;
  branch.segments = {{1024}};
  spec.branches = {expandBranch(branch)};
  spec.options.queries = 8;
  spec.options.causal = causal;
  return spec;
}

TEST(RingLayouts, TheChoiceIsThePlanners) {
  for (bool causal : {false, true}) {
    const PlanSpec pattern = dense(causal);
    Spec spec(pattern);
    rdattn_ring_layout layout;
    ASSERT_EQ(rdattn_ring_choose_layout(spec.handle, 1000, 4, &layout),
              RDATTN_OK);
    EXPECT_EQ(int(layout),
              int(chooseLayout(pattern.branches, 1000, 4, causal)));
    EXPECT_EQ(layout == RDATTN_RING_CONTIGUOUS, !causal);
  }
}

TEST(RingLayouts, TheChoicesArgumentsAreChecked) {
  Spec spec(dense(true));
  rdattn_ring_layout layout;
  auto refusal = [&](const rdattn_plan_spec *handle, int64_t tokens,
                     int32_t size, rdattn_ring_layout *to) {
    EXPECT_EQ(rdattn_ring_choose_layout(handle, tokens, size, to),
              RDATTN_INVALID_ARGUMENT);
    return std::string(rdattn_last_error());
  };
  EXPECT_EQ(refusal(nullptr, 8, 2, &layout),
            "spec is NULL, but must be the pattern's plan spec");
  EXPECT_EQ(refusal(spec.handle, 8, 2, nullptr),
            "layout is NULL, but must point to where it goes");
  EXPECT_EQ(refusal(spec.handle, -8, 2, &layout),
            "tokens is -8, but must not be negative");
  EXPECT_NE(refusal(spec.handle, 8, 0, &layout).find("0"), std::string::npos);
  EXPECT_NE(refusal(spec.handle, 1025, 2, &layout).find("1025"),
            std::string::npos); // S2
}

/// What each rank of a ring is told the sum is; -1 where that fails.
std::vector<int64_t> sumsOf(const std::vector<int64_t> &values) {
  Rings rings(static_cast<int64_t>(values.size()));
  std::vector<int64_t> sums(values.size(), -1);
  std::vector<std::thread> threads;
  for (size_t rank = 0; rank < values.size(); ++rank)
    threads.emplace_back([&, rank] {
      rdattn_ring_sum(rings[rank], values[rank], nullptr, &sums[rank]);
    });
  for (std::thread &thread : threads)
    thread.join();
  return sums;
}

TEST(RingLayouts, SumsAreOfAllRanks) {
  using Values = std::vector<int64_t>;
  EXPECT_EQ(sumsOf({5}), Values({5}));
  EXPECT_EQ(sumsOf({7, 0, 12}), Values({19, 19, 19}));
  EXPECT_EQ(sumsOf({INT64_MAX, 1}), Values({-1, -1}));
  Rings rings(1);
  int64_t sum;
  EXPECT_EQ(rdattn_ring_sum(nullptr, 1, nullptr, &sum),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "ring is NULL, but must be a ring's handle");
  EXPECT_EQ(rdattn_ring_sum(rings[0], 1, nullptr, nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "total is NULL, but must point to where the sum goes");
}

TEST(RingLayouts, ASumCanBeStopped) {
  Rings rings(2);
  const volatile int stop = 1;
  int64_t sum;
  EXPECT_EQ(rdattn_ring_sum(rings[0], 1, &stop, &sum), RDATTN_INTERRUPTED);
}

} // namespace
