//===- RingTest.cpp - The C ABI of rings ----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Ring.h"

#include "gtest/gtest.h"
#include <cmath>

static std::string refusal(int32_t size, double timeout, rdattn_ring **rings) {
  EXPECT_EQ(rdattn_ring_threads_create(size, timeout, rings),
            RDATTN_INVALID_ARGUMENT);
  return rdattn_last_error();
}

TEST(Ring, OfThreads) {
  rdattn_ring *rings[3] = {};
  ASSERT_EQ(rdattn_ring_threads_create(3, RDATTN_RING_DEFAULT_TIMEOUT, rings),
            RDATTN_OK);
  for (int32_t rank = 0; rank < 3; ++rank) {
    EXPECT_EQ(rdattn_ring_rank(rings[rank]), rank);
    EXPECT_EQ(rdattn_ring_size(rings[rank]), 3);
    EXPECT_STREQ(rdattn_ring_transport(rings[rank]), "threads");
    EXPECT_EQ(rdattn_ring_device(rings[rank]), -1);
    EXPECT_EQ(rdattn_ring_synchronize(rings[rank]), RDATTN_OK);
  }
  rdattn_ring_abort(rings[2], "it had enough");
  EXPECT_EQ(rings[0]->communicator->poll()->message,
            "rank 0 of 3 found that the ring had failed: rank 2 of 3 gave up "
            "before its first step: it had enough");
  for (rdattn_ring *ring : rings)
    rdattn_ring_destroy(ring);
  rdattn_ring_destroy(nullptr);
}

TEST(Ring, SizesAndTimeoutsAreChecked) {
  rdattn_ring *rings[1];
  EXPECT_EQ(refusal(0, 1, rings), "size is 0, but a ring of threads has from 1 "
                                  "to 1024 ranks");
  EXPECT_EQ(refusal(1025, 1, rings), "size is 1025, but a ring of threads has "
                                     "from 1 to 1024 ranks");
  EXPECT_EQ(refusal(1, 1, nullptr),
            "rings is NULL, but must point to where 1 handles go");
  for (double timeout : {0.0, -1.0, 1e10, std::nan("")})
    EXPECT_NE(
        refusal(1, timeout, rings).find("but must be above 0 and at most 1e9"),
        std::string::npos);
}

/// What is checked before any library is opened.
static std::string refusalOfNccl(const unsigned char *id, int32_t size,
                                 int32_t rank, double timeout,
                                 rdattn_ring **ring) {
  EXPECT_EQ(rdattn_ring_nccl_create(id, size, rank, 0, timeout, ring),
            RDATTN_INVALID_ARGUMENT);
  return rdattn_last_error();
}

TEST(Ring, ArgumentsOfNcclAreChecked) {
  const unsigned char id[RDATTN_NCCL_ID_BYTES] = {};
  rdattn_ring *ring = nullptr;
  EXPECT_EQ(refusalOfNccl(nullptr, 2, 0, 1, &ring),
            "id is NULL, but must be one that rdattn_ring_nccl_unique_id made");
  EXPECT_EQ(refusalOfNccl(id, 0, 0, 1, &ring),
            "size is 0, but a ring has at least 1 rank");
  EXPECT_EQ(refusalOfNccl(id, 2, 2, 1, &ring),
            "rank is 2, but must be from 0 to 1");
  EXPECT_EQ(refusalOfNccl(id, 2, -1, 1, &ring),
            "rank is -1, but must be from 0 to 1");
  EXPECT_EQ(refusalOfNccl(id, 2, 0, 1, nullptr),
            "ring is NULL, but must point to where the handle goes");
  EXPECT_EQ(refusalOfNccl(id, 2, 0, 0, &ring),
            "timeout_seconds is 0 s, but must be above 0 and at most 1e9");
  EXPECT_EQ(rdattn_ring_nccl_unique_id(nullptr), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "id is NULL, but must point to where the id goes");
  EXPECT_EQ(ring, nullptr);
}

TEST(Ring, ArgumentsOfMpiAreChecked) {
  rdattn_ring *ring = nullptr;
  EXPECT_EQ(rdattn_ring_mpi_create(nullptr, -1, &ring),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_EQ(rdattn_ring_mpi_create(nullptr, 1, nullptr),
            RDATTN_INVALID_ARGUMENT);
}

TEST(Ring, WithoutOtherRanks) {
  rdattn_ring *ring = nullptr;
  ASSERT_EQ(rdattn_ring_loopback_create(4, 2, -1, &ring), RDATTN_OK);
  EXPECT_STREQ(rdattn_ring_transport(ring), "loopback");
  rdattn::runtime::comm::Communicator &rank = *ring->communicator;
  char sent = 1, received = 0;
  for (char value : {1, 2}) { // the second step moves nothing
    sent = value;
    ASSERT_FALSE(rank.post(
        {value, {{3, &sent, 1}}, {{1, &received, 1}}, nullptr, nullptr}));
    ASSERT_FALSE(rank.wait(value));
    EXPECT_EQ(received, 1);
  }
  auto write = [](char *to) { *to = 3; };
  EXPECT_EQ(
      rank.post({2, {{3, nullptr, 1, write}}, {}, nullptr, nullptr})->message,
      "step 2 of rank 2 of 4 moves 1 bytes with rank 3, but their address is "
      "NULL");
  const int32_t mine = 7;
  int32_t all[4] = {};
  ASSERT_FALSE(rank.exchange(&mine, sizeof(mine), all));
  for (int32_t each : all)
    EXPECT_EQ(each, 7);
  rank.abort("enough");
  EXPECT_EQ(rank.post({3, {}, {}, nullptr, nullptr})->message,
            "rank 2 of 4 found that the ring had failed: rank 2 of 4 gave up "
            "in step 2: enough");
  rdattn_ring_destroy(ring);
  EXPECT_EQ(rdattn_ring_loopback_create(4, 4, -1, &ring),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "rank is 4, but must be from 0 to 3");
}
