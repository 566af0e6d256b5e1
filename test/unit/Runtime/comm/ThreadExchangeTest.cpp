//===- ThreadExchangeTest.cpp - Threads move what they should -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadRing.h"

#include "gtest/gtest.h"
#include <cstring>

using namespace rdattn::test;
using rdattn::runtime::invalid;

static void expectNoFailure(const std::vector<Ending> &endings) {
  for (const Ending &ending : endings)
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

TEST(ThreadExchange, RandomTransfersArrive) {
  for (int32_t size = 1; size <= 8; ++size)
    for (int32_t ahead = 0; ahead <= 3; ++ahead) {
      ThreadRing ring(size, 60);
      const RandomExchange exchange(size, 40, 5000, 10 * size + ahead);
      expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
        std::string wrong = exchange.run(rank, ahead);
        if (wrong.empty())
          return std::nullopt;
        return invalid(rank.name(), ": ", wrong);
      }));
    }
}

TEST(ThreadExchange, LargeTransfersArrive) {
  ThreadRing ring(4, 60);
  const RandomExchange exchange(4, 10, 3 << 20, 7);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    std::string wrong = exchange.run(rank, 1);
    if (wrong.empty())
      return std::nullopt;
    return invalid(rank.name(), ": ", wrong);
  }));
}

TEST(ThreadExchange, StepsOfTheNextCallBeginAtZeroAgain) {
  ThreadRing ring(3, 60);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    for (int call = 0; call < 3; ++call)
      if (MaybeFailure failure = shifts(rank, 4, 100))
        return failure;
    return std::nullopt;
  }));
}

TEST(ThreadExchange, StepsMayBeWaitedForInAnyOrder) {
  ThreadRing ring(3, 60);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    for (int64_t step : {0, 1, 2})
      if (MaybeFailure failure = rank.post(shift(rank, step, 64)))
        return failure;
    for (int64_t step : {2, 0, 1})
      if (MaybeFailure failure = rank.wait(step))
        return failure;
    return rank.synchronize();
  }));
}

TEST(ThreadExchange, ARankNeedsNoMoreThanItsPeersPosts) {
  ThreadRing ring(2, 60);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  ASSERT_FALSE(ring[1].post(shift(ring[1], 0, 8)));
  EXPECT_FALSE(ring[0].wait(0)); // rank 1 waits for nothing yet
  ring.leave(0);
  EXPECT_FALSE(ring[1].wait(0)); // rank 0 has done its part
}

TEST(ThreadExchange, AWriterPutsTheBytesWhereThePeerWantsThem) {
  for (int32_t first : {0, 1}) {
    ThreadRing ring(2, 60);
    std::string received(3, '-');
    int written = 0;
    auto write = [&](char *to) {
      std::memcpy(to, "abc", 3);
      ++written;
    };
    Step steps[2];
    steps[0].sends = {{1, nullptr, 3, write}};
    steps[1].receives = {{0, received.data(), 3}};
    for (int32_t rank : {first, 1 - first})
      ASSERT_FALSE(ring[rank].post(steps[rank]));
    for (int32_t rank : {0, 1})
      ASSERT_FALSE(ring[rank].wait(0));
    EXPECT_EQ(received, "abc");
    EXPECT_EQ(written, 1);
  }
}

TEST(ThreadExchange, EmptyStepsAreDoneAtOnce) {
  ThreadRing ring(2, 60);
  Step step;
  step.sends = step.receives = {{1, nullptr, 0}};
  ASSERT_FALSE(ring[0].post(step));
  EXPECT_FALSE(ring[0].wait(0));
  ASSERT_FALSE(ring[0].post({}));
  EXPECT_FALSE(ring[0].wait(0));
}

TEST(ThreadExchange, MemoryIsHeldUntilTheStepIsDone) {
  ThreadRing ring(2, 60);
  Step step = shift(ring[0], 0, 8);
  std::weak_ptr<void> memory = step.memory;
  ASSERT_FALSE(ring[0].post(std::move(step)));
  EXPECT_FALSE(memory.expired());
  ASSERT_FALSE(ring[1].post(shift(ring[1], 0, 8)));
  EXPECT_FALSE(ring[0].wait(0));
  EXPECT_TRUE(memory.expired());
}

TEST(ThreadExchange, RecordsOfAllRanksAreCollected) {
  for (int32_t size = 1; size <= 8; ++size) {
    ThreadRing ring(size, 60);
    expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
      for (uint64_t round = 0; round < 3; ++round) {
        const std::vector<uint64_t> mine(32, 1000 * round + rank.rank);
        std::vector<uint64_t> all(32 * size, ~0ull);
        if (MaybeFailure failure = rank.exchange(mine.data(), 256, all.data()))
          return failure;
        for (int32_t i = 0; i < 32 * size; ++i)
          EXPECT_EQ(all[i], 1000 * round + i / 32) << rank.name();
      }
      return rank.exchange(nullptr, 0, nullptr);
    }));
  }
}

TEST(ThreadExchange, MisuseIsRefused) {
  ThreadRing ring(2, 60);
  char byte;
  auto refusal = [&](Step step) {
    MaybeFailure failure = ring[0].post(std::move(step));
    EXPECT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_INVALID_ARGUMENT);
    return failure->message;
  };
  EXPECT_EQ(refusal({-1, {}, {}, nullptr, nullptr}),
            "the step of rank 0 of 2 has the number -1, but must have one "
            "from 0");
  EXPECT_EQ(refusal({3, {{0, &byte, 1}}, {}, nullptr, nullptr}),
            "step 3 of rank 0 of 2 has a transfer with rank 0, but must have "
            "it with another rank of the ring");
  EXPECT_EQ(refusal({3, {}, {{2, &byte, 1}}, nullptr, nullptr}),
            "step 3 of rank 0 of 2 has a transfer with rank 2, but must have "
            "it with another rank of the ring");
  EXPECT_EQ(refusal({3, {}, {{1, nullptr, 7}}, nullptr, nullptr}),
            "step 3 of rank 0 of 2 moves 7 bytes with rank 1, but their "
            "address is NULL");
  EXPECT_EQ(ring[0].wait(3)->message,
            "rank 0 of 2 waits for step 3, but must post it first");
  ASSERT_FALSE(ring[0].post({3, {}, {}, nullptr, nullptr}));
  EXPECT_EQ(refusal({3, {}, {}, nullptr, nullptr}),
            "step 3 of rank 0 of 2 is posted again before it was waited for");
  EXPECT_FALSE(ring[0].wait(3)); // none of it harmed the ring
}
