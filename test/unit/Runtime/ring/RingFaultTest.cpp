//===- RingFaultTest.cpp - Ranks that fail or stall in a call -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingFaults.h"

#include "gmock/gmock.h"
#include <chrono>
#include <thread>

using namespace rdattn::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

/// All but `rank` fail for a reason, none hangs, and a new ring goes on.
void expectReason(const std::vector<RingRun::Ending> &endings, int64_t rank,
                  const std::string &reason) {
  for (int64_t other = 0; other < kRanks; ++other) {
    if (other == rank)
      continue;
    EXPECT_EQ(endings[other].status, RDATTN_RING_ERROR);
    EXPECT_THAT(endings[other].message,
                AllOf(HasSubstr("rank " + std::to_string(other) + " of 3 "),
                      HasSubstr(reason)));
  }
}

/// "rank 1 of 3 gave up in step 2: ", of a rank that has posted `step`.
std::string gaveUp(int32_t rank, int64_t step) {
  return "rank " + std::to_string(rank) + " of 3 gave up " +
         (step == 0 ? "before its first step"
                    : "in step " + std::to_string(step)) +
         ": ";
}

TEST_F(RingFaults, ARankThatAbortsIsNamedWithItsStep) {
  for (int32_t rank = 0; rank < kRanks; ++rank)
    for (int64_t step : {1, 2}) {
      Rings rings(kRanks);
      std::vector<RingRun::Ending> endings = callWith(rings, [&](int64_t at) {
        if (thisRank == rank && at == step)
          rdattn_ring_abort(rings[rank], "it had enough");
      });
      EXPECT_EQ(endings[rank].status, RDATTN_RING_ERROR);
      expectReason(endings, rank, gaveUp(rank, step - 1) + "it had enough");
      ASSERT_NO_FATAL_FAILURE(goOn());
    }
}

TEST_F(RingFaults, ACallThatFailsTellsTheOthersWhy) {
  for (int32_t rank = 0; rank < kRanks; ++rank)
    for (int64_t step : {1, 2}) {
      Rings rings(kRanks);
      std::vector<RingRun::Ending> endings = callWith(rings, [&](int64_t at) {
        if (thisRank == rank && at == step)
          rdattn_scratch(rdattn_current_call(), -1);
      });
      EXPECT_EQ(endings[rank].status, RDATTN_OUT_OF_MEMORY);
      expectReason(endings, rank,
                   gaveUp(rank, step - 1) + "memory ran out during the call");
      ASSERT_NO_FATAL_FAILURE(goOn());
    }
}

/// Also where the call waits for others, who never come.
TEST_F(RingFaults, AStopFlagEndsTheCallOfAllRanks) {
  for (int64_t step : {1, 2}) {
    volatile int stop = 0;
    run.arguments[1].stop = &stop;
    Rings rings(kRanks);
    std::vector<RingRun::Ending> endings = callWith(rings, [&](int64_t at) {
      if (thisRank == 0 && at == step)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (thisRank == 0 && at == step)
        __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
      while (thisRank != 1 && at == step &&
             !rdattn_should_stop(rdattn_current_call()))
        std::this_thread::yield();
    });
    run.arguments[1].stop = nullptr;
    EXPECT_EQ(endings[1].status, RDATTN_INTERRUPTED);
    expectReason(endings, 1, "rank 1 of 3 ");
    expectReason(endings, 1, "interrupted");
    ASSERT_NO_FATAL_FAILURE(goOn());
  }
}

TEST_F(RingFaults, ARankThatStallsIsNamedWithinTheTimeout) {
  for (int32_t rank = 0; rank < kRanks; ++rank)
    for (int64_t step : {1, 2}) {
      Rings rings(kRanks, 0.2);
      const auto start = std::chrono::steady_clock::now();
      std::vector<RingRun::Ending> endings = callWith(rings, [&](int64_t at) {
        if (thisRank == rank && at == step)
          std::this_thread::sleep_for(std::chrono::milliseconds(500));
      });
      EXPECT_LT(std::chrono::steady_clock::now() - start,
                std::chrono::seconds(5));
      EXPECT_EQ(endings[rank].status, RDATTN_RING_ERROR);
      expectReason(endings, rank,
                   "waited 0.2 s in step " + std::to_string(step) + " for ");
      ASSERT_NO_FATAL_FAILURE(goOn());
    }
}

TEST_F(RingFaults, ARankThatDoesNotComeIsNamed) {
  for (bool leaves : {false, true}) {
    Rings rings(kRanks, 0.2);
    if (leaves)
      rings.leave(1);
    body = [](void **) { ADD_FAILURE() << "the entry ran"; };
    std::vector<RingRun::Ending> endings(kRanks);
    std::vector<std::thread> threads;
    for (int64_t rank : {0, 2})
      threads.emplace_back([&, rank] {
        endings[rank] =
            run.callAs(rank, module.function(), rings[rank], spec.handle);
      });
    for (std::thread &thread : threads)
      thread.join();
    expectReason(endings, 1, "the exchange of plans");
    expectReason(endings, 1,
                 leaves ? "rank 1, which has left the ring"
                        : "rank 1, which did not come");
    ASSERT_NO_FATAL_FAILURE(goOn());
  }
}

/// A fault that comes while a step is computed ends it.
TEST_F(RingFaults, AFaultEndsTheStepThatIsComputed) {
  Rings rings(kRanks);
  body = [&](void **) {
    if (thisRank == 1)
      return rdattn_ring_abort(rings[1], "it had enough");
    while (!rdattn_should_stop(rdattn_current_call()))
      std::this_thread::yield();
  };
  std::vector<RingRun::Ending> endings = call(rings);
  expectReason(endings, 1,
               "found that the ring had failed: rank 1 of 3 gave "
               "up");
}

} // namespace
