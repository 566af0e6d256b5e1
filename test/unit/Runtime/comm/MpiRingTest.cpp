//===- MpiRingTest.cpp - Rings of MPI processes ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mpirun starts this program several times: every process runs every test, and
// expects what its rank should see.
//
//===----------------------------------------------------------------------===//

#include "Exchanges.h"

#include "rdattn/ring.h"
#include "runtime/comm/Ring.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <thread>

using namespace rdattn::test;
using rdattn::runtime::comm::Clock;
using testing::AllOf;
using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

static constexpr int32_t kSteps = 3;
static constexpr double kNever = 100; ///< a timeout that no test may reach

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

namespace {
class MpiRing {
public:
  explicit MpiRing(double timeout) {
    EXPECT_EQ(rdattn_ring_mpi_create(nullptr, timeout, &handle), RDATTN_OK)
        << rdattn_last_error();
  }
  ~MpiRing() { rdattn_ring_destroy(handle); }
  MpiRing(const MpiRing &) = delete;
  Communicator &operator*() { return *handle->communicator; }

  /// Returns when all have called it.
  void meet() {
    std::vector<char> all((**this).size);
    EXPECT_FALSE((**this).exchange(all.data(), 1, all.data()));
  }

  rdattn_ring *handle = nullptr;
};

struct MpiFault : testing::Test {
  /// Runs `body(ring, culprit, step)` for each rank and step on a new ring.
  template <typename Body>
  void atEachRankAndStep(double timeout, size_t bytes, Body act) {
    const int32_t size = (*all).size;
    for (int32_t culprit = 0; culprit < size; ++culprit)
      for (int32_t step = 0; step < kSteps; ++step) {
        MpiRing ring(kNever);
        run(timeout, bytes, culprit, step, act);
        all.meet();
      }
  }

  template <typename Body>
  void run(double timeout, size_t bytes, int32_t culprit, int32_t step,
           Body act) {
    MpiRing ring(timeout);
    const auto start = Clock::now();
    bool isAt = false;
    MaybeFailure failure = shifts(*ring, kSteps, bytes, [&](int32_t now) {
      isAt = (*ring).rank == culprit && now == step;
      return !isAt;
    });
    if (isAt) {
      act(ring, step);
      all.meet();
      return;
    }
    std::vector<char> records((*ring).size);
    if (!failure) // then all need the culprit
      failure = (*ring).exchange(records.data(), 1, records.data());
    expectFailure(*ring, failure);
    EXPECT_LT(secondsSince(start), timeout + 20);
    all.meet(); // the culprit's ring lives until here
  }

  void expectFailure(const Communicator &rank, const MaybeFailure &failure) {
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_RING_ERROR);
    EXPECT_THAT(failure->message,
                AllOf(StartsWith(rank.name()),
                      ContainsRegex("^[^:]* (step [0-9]+|exchange of plans)"),
                      ContainsRegex("^[^:]* (for|with) rank"), expected));
  }

  MpiRing all{kNever};
  testing::Matcher<std::string> expected = HasSubstr("");
};
} // namespace

TEST(MpiExchange, RandomTransfersArrive) {
  MpiRing ring(kNever);
  for (int32_t ahead = 0; ahead <= 3; ++ahead)
    for (size_t most : {100, 5000, 300000}) // MPI has a protocol for each
      EXPECT_EQ(
          RandomExchange((*ring).size, 20, most, 10 + ahead).run(*ring, ahead),
          "");
}

TEST(MpiExchange, RecordsOfAllRanksAreCollected) {
  MpiRing ring(kNever);
  const int32_t size = (*ring).size;
  for (uint64_t round = 0; round < 3; ++round) {
    const std::vector<uint64_t> mine(512, 1000 * round + (*ring).rank);
    std::vector<uint64_t> records(512 * size, ~0ull);
    ASSERT_FALSE((*ring).exchange(mine.data(), 4096, records.data()));
    for (int32_t i = 0; i < 512 * size; ++i)
      EXPECT_EQ(records[i], 1000 * round + i / 512);
  }
}

TEST(MpiExchange, HandlesTellWhoTheyAre) {
  MpiRing ring(kNever);
  EXPECT_STREQ(rdattn_ring_transport(ring.handle), "mpi");
  EXPECT_EQ(rdattn_ring_device(ring.handle), -1);
  EXPECT_GT(rdattn_ring_size(ring.handle), rdattn_ring_rank(ring.handle));
  EXPECT_FALSE((*ring).poll());
}

TEST(MpiExchange, TwoRingsDoNotMix) {
  MpiRing first(kNever), second(kNever);
  const int32_t size = (*first).size;
  std::vector<int32_t> ones(size), twos(size);
  const int32_t one = 100 + (*first).rank, two = 200 + (*second).rank;
  ASSERT_FALSE((*first).post(shift(*first, 0, 10)));
  ASSERT_FALSE((*second).exchange(&two, sizeof(two), twos.data()));
  ASSERT_FALSE((*first).exchange(&one, sizeof(one), ones.data()));
  ASSERT_FALSE((*first).wait(0));
  for (int32_t rank = 0; rank < size; ++rank) {
    EXPECT_EQ(ones[rank], 100 + rank);
    EXPECT_EQ(twos[rank], 200 + rank);
  }
}

TEST(MpiExchange, MemoryIsHeldUntilTheStepIsDone) {
  MpiRing ring(kNever);
  Step step = shift(*ring, 0, 100000);
  std::weak_ptr<void> memory = step.memory;
  ASSERT_FALSE((*ring).post(std::move(step)));
  EXPECT_FALSE(memory.expired());
  ASSERT_FALSE((*ring).wait(0));
  EXPECT_TRUE(memory.expired());
}

TEST_F(MpiFault, AStallEndsWithTheTimeout) {
  const double timeout = 0.2;
  expected = HasSubstr("waited 0.2 s in ");
  for (size_t bytes : {100, 100000})
    atEachRankAndStep(timeout, bytes, [&](MpiRing &ring, int32_t step) {
      std::this_thread::sleep_for(std::chrono::duration<double>(2 * timeout));
      MaybeFailure failure = (*ring).post(shift(*ring, step, bytes));
      if (!failure) // the news may take a moment
        failure = (*ring).wait(step);
      expectFailure(*ring, failure);
    });
}

TEST_F(MpiFault, AnErrorReachesAllAtOnce) {
  expected = HasSubstr(": its disk is full");
  for (size_t bytes : {100, 100000})
    atEachRankAndStep(kNever, bytes, [](MpiRing &ring, int32_t) {
      rdattn_ring_abort(ring.handle, "its disk is full");
    });
}

TEST_F(MpiFault, ARankThatLeavesIsMissed) {
  expected = HasSubstr(", which did not come");
  atEachRankAndStep(0.3, 1000, [](MpiRing &ring, int32_t) {
    rdattn_ring_destroy(ring.handle);
    ring.handle = nullptr;
  });
}

TEST_F(MpiFault, OtherSizesAreAnError) {
  for (size_t odd : {8, 32}) { // rank 0 sends less or more than is expected
    MpiRing ring(kNever);
    MaybeFailure failure =
        shifts(*ring, 1, (*ring).rank == 0 ? odd : size_t(16));
    std::vector<char> records((*ring).size);
    if (!failure)
      failure = (*ring).exchange(records.data(), 1, records.data());
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_RING_ERROR);
    EXPECT_THAT(failure->message,
                AnyOf(HasSubstr("MPI_ERR_TRUNCATE"),
                      HasSubstr("they must run the same plan")));
    all.meet();
  }
}

TEST_F(MpiFault, AStopFlagEndsTheWait) {
  MpiRing ring(kNever);
  const volatile int stop = (*ring).rank == 0; // the others have none set
  (*ring).stop = &stop;
  std::vector<char> records((*ring).size);
  if ((*ring).rank == (*ring).size - 1)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  MaybeFailure failure = (*ring).exchange(records.data(), 1, records.data());
  MaybeFailure next = (*ring).exchange(records.data(), 1, records.data());
  all.meet();
  if ((*ring).rank == 0) {
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_INTERRUPTED);
  }
  ASSERT_TRUE(next); // which needs rank 0
  EXPECT_EQ(next->status, RDATTN_RING_ERROR);
  EXPECT_THAT(next->message, HasSubstr("was interrupted while it waited in the "
                                       "exchange of plans for rank"));
}

TEST_F(MpiFault, AbortFromAnotherThreadIsTold) {
  MpiRing ring(kNever);
  if ((*ring).rank == 0)
    std::thread([&] { (*ring).abort("it was asked to"); }).join();
  expected = HasSubstr("rank 0 of " + std::to_string((*ring).size) +
                       " gave up before its first step: it was asked to");
  std::vector<char> records((*ring).size);
  MaybeFailure failure = (*ring).exchange(records.data(), 1, records.data());
  expectFailure(*ring, failure);
  ASSERT_TRUE((*ring).poll());
  EXPECT_THAT((*ring).poll()->message,
              HasSubstr("found that the ring had failed: rank 0"));
  all.meet();
}
