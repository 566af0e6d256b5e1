//===- NcclDeviceTest.cpp - Rings of two GPUs -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Skipped where there is no GPU or no NCCL. The ranks are threads, each with a
// device of its own, or processes, where one comes to harm; these may share
// one.
//
//===----------------------------------------------------------------------===//

#include "NcclVictim.h"
#include "ThreadRing.h"

#include "rdattn/ring.h"
#include "runtime/comm/Ring.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

static constexpr double kLong = 60; ///< more than a connection takes
static constexpr double kShort = 3;

namespace {
struct TwoProcesses : testing::Test {
  void SetUp() override { skipBelow(1); }

  void skipBelow(int32_t devices) {
    int32_t count = 0;
    ASSERT_EQ(rdattn_cuda_device_count(&count), RDATTN_OK)
        << rdattn_last_error();
    if (count < devices)
      GTEST_SKIP() << "there are " << count << " GPUs";
    if (rdattn_ring_nccl_unique_id(id) != RDATTN_OK)
      GTEST_SKIP() << rdattn_last_error();
  }

  unsigned char id[RDATTN_NCCL_ID_BYTES];
};

struct TwoDevices : TwoProcesses {
  void SetUp() override { skipBelow(2); }

  /// A new ring of two threads.
  void create(double timeout) {
    ring.clear();
    ring.resize(2);
    ASSERT_EQ(rdattn_ring_nccl_unique_id(id), RDATTN_OK) << rdattn_last_error();
    std::vector<std::thread> joining;
    for (int32_t rank : {0, 1})
      joining.emplace_back([&, rank] {
        rdattn_ring *handle = nullptr;
        ASSERT_EQ(rdattn_ring_nccl_create(id, 2, rank, rank, timeout, &handle),
                  RDATTN_OK)
            << rdattn_last_error();
        ring[rank] = std::move(handle->communicator);
        rdattn_ring_destroy(handle);
      });
    for (std::thread &thread : joining)
      thread.join();
  }

  /// Steps with their bytes checked, as both ranks.
  void expectItWorks() {
    for (const Ending &ending : runAsThreads(ring, [](Communicator &rank) {
           return deviceShifts(rank, 6, 1 << 20);
         }))
      EXPECT_FALSE(ending.failure) << ending.failure->message;
  }

  std::vector<std::unique_ptr<Communicator>> ring;
};
} // namespace

TEST_F(TwoDevices, TransfersArriveInTheOrderOfTheStream) {
  create(kLong);
  for (size_t bytes : {size_t(1), size_t(1000), size_t(64) << 20})
    for (const Ending &ending : runAsThreads(ring, [&](Communicator &rank) {
           return deviceShifts(rank, 8, bytes);
         }))
      EXPECT_FALSE(ending.failure) << ending.failure->message;
}

TEST_F(TwoDevices, RecordsAreCollected) {
  create(kLong);
  for (const Ending &ending :
       runAsThreads(ring, [](Communicator &rank) -> MaybeFailure {
         for (uint64_t round = 0; round < 3; ++round) {
           const std::vector<uint64_t> mine(512, 1000 * round + rank.rank);
           std::vector<uint64_t> all(1024, ~0ull);
           if (MaybeFailure failure =
                   rank.exchange(mine.data(), 4096, all.data()))
             return failure;
           for (int32_t i = 0; i < 1024; ++i)
             EXPECT_EQ(all[i], 1000 * round + i / 512);
         }
         return std::nullopt;
       }))
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

TEST_F(TwoDevices, AStallEndsWithTheTimeoutAndAnotherRingGoesOn) {
  for (int32_t culprit : {0, 1})
    for (int32_t step : {0, 2}) {
      create(kShort);
      std::vector<Ending> endings = runAsThreads(ring, [&](Communicator &rank) {
        return deviceShifts(rank, 4, 1 << 20, [&](int32_t now) {
          return rank.rank != culprit || now != step;
        });
      });
      const Ending &ending = endings[1 - culprit];
      ASSERT_TRUE(ending.failure);
      EXPECT_EQ(ending.failure->status, RDATTN_RING_ERROR);
      EXPECT_THAT(ending.failure->message,
                  AllOf(StartsWith(ring[1 - culprit]->name()),
                        HasSubstr("waited 3 s in step " + std::to_string(step)),
                        HasSubstr("for rank " + std::to_string(culprit) +
                                  ", which did not come")));
      EXPECT_LT(ending.seconds, kShort + 20);
      // The device goes on, and so does the process.
      for (int32_t device : {0, 1})
        EXPECT_EQ(rdattn_cuda_synchronize(device, nullptr), RDATTN_OK)
            << rdattn_last_error();
      create(kLong);
      expectItWorks();
    }
}

TEST_F(TwoDevices, AnAbortEndsTheWaitOfItsRank) {
  create(kLong);
  std::vector<Ending> endings =
      runAsThreads(ring, [&](Communicator &rank) -> MaybeFailure {
        if (rank.rank == 1) {
          std::this_thread::sleep_for(std::chrono::seconds(2));
          ring[0]->abort("it was asked to");
          rank.abort("the other did");
          return std::nullopt;
        }
        return deviceShifts(rank, 1, 100);
      });
  ASSERT_TRUE(endings[0].failure);
  EXPECT_THAT(endings[0].failure->message, HasSubstr("it was asked to"));
  EXPECT_LT(endings[0].seconds, 20);
  create(kLong);
  expectItWorks();
}

TEST_F(TwoDevices, NoThreadIsLeft) {
  create(kLong); // what NCCL and the driver begin once is there then
  expectItWorks();
  ring.clear();
  const size_t threads = countThreads();
  for (int i = 0; i < 3; ++i) {
    create(kLong);
    expectItWorks();
    ring.clear();
  }
  EXPECT_LE(countThreads(), threads);
}

TEST_F(TwoProcesses, AKilledProcessIsMissed) {
  for (int32_t step : {0, 2}) {
    const Survivor survivor = runProcesses("kill", 1, step, kShort, id);
    EXPECT_NE(survivor.status, 0);
    EXPECT_LT(survivor.seconds, 60);
    EXPECT_THAT(survivor.output, HasSubstr("rank 0 of 2 waited"));
    ASSERT_EQ(rdattn_ring_nccl_unique_id(id), RDATTN_OK);
  }
}

TEST_F(TwoProcesses, AStalledProcessIsMissed) {
  const Survivor survivor = runProcesses("stall", 1, 2, kShort, id);
  EXPECT_NE(survivor.status, 0);
  EXPECT_LT(survivor.seconds, 60);
  EXPECT_THAT(survivor.output,
              HasSubstr("waited 3 s in step 2 for rank 1, which did not come"));
}

TEST_F(TwoProcesses, ProcessesWorkWithoutHarm) {
  const Survivor survivor = runProcesses("none", 1, 0, kLong, id);
  EXPECT_EQ(survivor.status, 0) << survivor.output;
}

int main(int count, char **words) {
  if (isVictim(count, words))
    return runVictim(words);
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
