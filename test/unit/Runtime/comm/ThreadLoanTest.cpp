//===- ThreadLoanTest.cpp - Threads read each other's bytes ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadRing.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace rdattn::test;
using rdattn::runtime::invalid;
using testing::AllOf;
using testing::HasSubstr;

static constexpr size_t kBytes = 100;

namespace {
/// What a rank sends to the other one of two, and receives.
struct Rows {
  std::vector<char> sent = std::vector<char>(kBytes, 's');
  std::vector<char> received = std::vector<char>(kBytes, 'r');
  void *lent = nullptr;

  Step step(const Communicator &rank, int64_t number, bool mayBeLent = true,
            bool borrows = true) {
    Step step;
    step.number = number;
    step.sends = {{1 - rank.rank, sent.data(), kBytes}};
    step.sends[0].mayBeLent = mayBeLent;
    step.receives = {{1 - rank.rank, received.data(), kBytes}};
    step.receives[0].lent = borrows ? &lent : nullptr;
    return step;
  }
};

struct ThreadLoan : testing::Test {
  /// Both ranks have each other's bytes.
  MaybeFailure exchange(Communicator &rank, int64_t number) {
    if (MaybeFailure failure = rank.post(rows[rank.rank].step(rank, number)))
      return failure;
    return rank.wait(number);
  }

  Rows rows[2];
};
} // namespace

TEST_F(ThreadLoan, BytesAreReadWhereTheyAre) {
  ThreadRing ring(2, 60);
  for (const Ending &ending : ring.run([&](Communicator &rank) -> MaybeFailure {
         if (MaybeFailure failure = exchange(rank, 3))
           return failure;
         const Rows &mine = rows[rank.rank];
         EXPECT_EQ(mine.lent, rows[1 - rank.rank].sent.data());
         EXPECT_EQ(mine.received, std::vector<char>(kBytes, 'r'));
         rank.giveBack(3);
         return rank.synchronize();
       }))
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

/// Only where both sides want it.
TEST_F(ThreadLoan, OtherBytesAreCopied) {
  for (bool mayBeLent : {false, true}) {
    ThreadRing ring(2, 60);
    Rows each[2];
    for (const Ending &ending :
         ring.run([&](Communicator &rank) -> MaybeFailure {
           Rows &mine = each[rank.rank];
           if (MaybeFailure failure =
                   rank.post(mine.step(rank, 0, mayBeLent, !mayBeLent)))
             return failure;
           if (MaybeFailure failure = rank.wait(0))
             return failure;
           EXPECT_EQ(mine.lent, nullptr);
           EXPECT_EQ(mine.received, std::vector<char>(kBytes, 's'));
           return rank.synchronize(); // nothing was lent
         }))
      EXPECT_FALSE(ending.failure) << ending.failure->message;
  }
}

TEST_F(ThreadLoan, SynchronizeWaitsForTheReader) {
  ThreadRing ring(2, 60);
  std::atomic<bool> isRead{false};
  for (const Ending &ending : ring.run([&](Communicator &rank) -> MaybeFailure {
         if (MaybeFailure failure = exchange(rank, 0))
           return failure;
         if (rank.rank == 1) {
           rank.giveBack(7); // of another step: that is no end of this one
           std::this_thread::sleep_for(std::chrono::milliseconds(200));
           isRead = true;
         }
         rank.giveBack(0);
         if (MaybeFailure failure = rank.synchronize())
           return failure;
         EXPECT_TRUE(isRead);
         return std::nullopt;
       }))
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

/// It is told within the timeout, but the bytes are not touched again before
/// the reader has learnt of it.
TEST_F(ThreadLoan, ABorrowerThatStallsIsNamed) {
  ThreadRing ring(2, 0.3);
  std::atomic<bool> isRead{false};
  std::vector<Ending> endings =
      ring.run([&](Communicator &rank) -> MaybeFailure {
        if (MaybeFailure failure = exchange(rank, 5))
          return failure;
        if (rank.rank == 0) {
          rank.giveBack(5);
          MaybeFailure failure = rank.synchronize();
          EXPECT_TRUE(isRead);
          return failure;
        }
        MaybeFailure failure;
        while (!(failure = rank.poll()))
          std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        isRead = true;
        rank.giveBack(5);
        return failure;
      });
  ASSERT_TRUE(endings[0].failure && endings[1].failure);
  EXPECT_THAT(endings[0].failure->message,
              HasSubstr("rank 0 of 2 waited 0.3 s in step 5 for rank 1"));
  EXPECT_LT(endings[0].seconds, 10);
}

/// Each holds what the other waits for.
TEST_F(ThreadLoan, AFaultGivesBackWhatBothBorrowed) {
  ThreadRing ring(2, 60);
  for (const Ending &ending : ring.run([&](Communicator &rank) -> MaybeFailure {
         if (MaybeFailure failure = exchange(rank, 0))
           return failure;
         Step other = rows[rank.rank].step(rank, 1);
         other.sends[0].bytes -= rank.rank; // rank 1 sends less than it should
         if (MaybeFailure failure = rank.post(std::move(other)))
           return failure;
         return rank.wait(1);
       })) {
    ASSERT_TRUE(ending.failure);
    EXPECT_LT(ending.seconds, 30);
  }
}

TEST_F(ThreadLoan, AnAbortWaitsForTheReader) {
  ThreadRing ring(2, 60);
  std::atomic<bool> isRead{false};
  ring.run([&](Communicator &rank) -> MaybeFailure {
    EXPECT_FALSE(exchange(rank, 0));
    if (rank.rank == 0) {
      rank.giveBack(0);
      rank.abort("it was asked to");
      EXPECT_TRUE(isRead);
      return std::nullopt;
    }
    MaybeFailure failure;
    while (!(failure = rank.poll()))
      std::this_thread::yield();
    isRead = true;
    return rank.post(rows[1].step(rank, 1)); // which finds the fault
  });
}

TEST_F(ThreadLoan, WhoLeavesGivesBack) {
  ThreadRing ring(2, 60);
  EXPECT_FALSE(ring[0].post(rows[0].step(ring[0], 0)));
  EXPECT_FALSE(exchange(ring[1], 0));
  EXPECT_FALSE(ring[0].wait(0));
  ring[0].giveBack(0);
  ring.leave(1);
  EXPECT_FALSE(ring[0].synchronize());
}
