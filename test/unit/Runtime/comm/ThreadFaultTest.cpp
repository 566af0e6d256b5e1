//===- ThreadFaultTest.cpp - No rank hangs where another fails ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadRing.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace rdattn::test;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

static constexpr int32_t kSteps = 4;
static constexpr size_t kBytes = 1000;
static constexpr double kNever = 300; ///< a timeout that no test may reach
static constexpr double kAtOnce = 20; ///< on a machine with much to do

/// A step between all ranks.
static MaybeFailure shiftToAll(Communicator &self) {
  Step step;
  step.number = kSteps;
  auto memory = std::make_shared<std::vector<char>>(self.size + 1);
  for (int32_t peer = 0; peer < self.size; ++peer)
    if (peer != self.rank) {
      step.receives.push_back({peer, memory->data() + peer, 1});
      step.sends.push_back({peer, memory->data() + self.size, 1});
    }
  step.memory = memory;
  if (MaybeFailure failure = self.post(step))
    return failure;
  return self.wait(kSteps);
}

namespace {
/// Fails one rank at one step; `act` is what it does instead of that step.
struct Culprit {
  int32_t rank, step;
  std::function<MaybeFailure(Communicator &)> act;

  MaybeFailure operator()(Communicator &self) const {
    bool isAt = false;
    MaybeFailure failure = shifts(self, kSteps, kBytes, [&](int32_t now) {
      isAt = self.rank == rank && now == step;
      return !isAt;
    });
    if (isAt)
      return act(self);
    // Then all need the culprit, those too whose steps with it were over.
    return failure ? failure : shiftToAll(self);
  }
};

struct ThreadFault : testing::TestWithParam<int32_t> {
  void SetUp() override { threads = countThreads(); }
  void TearDown() override { EXPECT_EQ(countThreads(), threads); }

  /// Every rank but one has an error of its own that says where it stood.
  void expectFailures(const std::vector<Ending> &endings, int32_t culprit,
                      double within) {
    for (int32_t rank = 0; rank < size; ++rank) {
      if (rank == culprit)
        continue;
      const Ending &ending = endings[rank];
      ASSERT_TRUE(ending.failure) << rank;
      EXPECT_EQ(ending.failure->status, RDATTN_RING_ERROR);
      EXPECT_THAT(ending.failure->message,
                  AllOf(StartsWith("rank " + std::to_string(rank) + " of " +
                                   std::to_string(size)),
                        ContainsRegex("^[^:]* step [0-9]+"),
                        ContainsRegex("^[^:]* (for|with) rank")));
      EXPECT_LT(ending.seconds, within) << ending.failure->message;
    }
  }

  /// The rank that the culprit should have sent to knows it by name.
  void expectCulpritNamed(const std::vector<Ending> &endings, int32_t culprit) {
    const std::string name = "for rank " + std::to_string(culprit);
    EXPECT_TRUE(
        std::any_of(endings.begin(), endings.end(), [&](const Ending &ending) {
          return ending.failure &&
                 ending.failure->message.find(name) != std::string::npos;
        }));
  }

  template <typename Body> void atEachRankAndStep(Body body) {
    for (int32_t rank = 0; rank < size; ++rank)
      for (int32_t step = 0; step < kSteps; ++step)
        body(rank, step);
  }

  const int32_t size = GetParam();
  size_t threads = 0;
};
} // namespace

TEST_P(ThreadFault, AStallEndsWithTheTimeout) {
  const double timeout = 0.5;
  struct Stalled {
    int32_t rank, step;
    std::vector<Ending> endings;
  };
  std::vector<Stalled> all;
  atEachRankAndStep(
      [&](int32_t rank, int32_t step) { all.push_back({rank, step, {}}); });
  // All at a time, as each takes the timeout.
  std::vector<std::thread> rings;
  for (Stalled &stalled : all)
    rings.emplace_back([&stalled, timeout, this] {
      ThreadRing ring(size, timeout);
      const int32_t step = stalled.step;
      auto stall = [&](Communicator &self) -> MaybeFailure {
        std::this_thread::sleep_for(std::chrono::duration<double>(3 * timeout));
        return self.post(shift(self, step, kBytes));
      };
      stalled.endings = ring.run(Culprit{stalled.rank, step, stall});
    });
  for (std::thread &ring : rings)
    ring.join();
  for (const auto &[rank, step, endings] : all) {
    expectFailures(endings, rank, timeout + kAtOnce);
    expectCulpritNamed(endings, rank);
    // The rank itself learns of it once it goes on.
    ASSERT_TRUE(endings[rank].failure);
    EXPECT_THAT(endings[rank].failure->message,
                AllOf(HasSubstr("could not begin step " + std::to_string(step) +
                                " with rank"),
                      HasSubstr(", as the ring had failed: rank "),
                      HasSubstr("waited 0.5 s in step "),
                      HasSubstr(", which did not come")));
  }
}

TEST_P(ThreadFault, AnErrorWakesAllAtOnce) {
  atEachRankAndStep([&](int32_t rank, int32_t step) {
    ThreadRing ring(size, kNever);
    Culprit fails{rank, step, [](Communicator &self) -> MaybeFailure {
                    self.abort("its disk is full");
                    return std::nullopt;
                  }};
    std::vector<Ending> endings = ring.run(fails);
    expectFailures(endings, rank, kAtOnce);
    const std::string when =
        step ? "in step " + std::to_string(step - 1) : "before its first step";
    for (const Ending &ending : endings)
      if (ending.failure)
        EXPECT_THAT(ending.failure->message,
                    HasSubstr("rank " + std::to_string(rank) + " of " +
                              std::to_string(size) + " gave up " + when +
                              ": its disk is full"));
  });
}

TEST_P(ThreadFault, ARankThatLeavesIsNamed) {
  atEachRankAndStep([&](int32_t rank, int32_t step) {
    ThreadRing ring(size, kNever);
    Culprit leaves{rank, step, [&](Communicator &self) -> MaybeFailure {
                     ring.leave(self.rank);
                     return std::nullopt;
                   }};
    std::vector<Ending> endings = ring.run(leaves);
    expectFailures(endings, rank, kAtOnce);
    for (const Ending &ending : endings)
      if (ending.failure)
        EXPECT_THAT(ending.failure->message,
                    HasSubstr("for rank " + std::to_string(rank) +
                              ", which has left the ring"));
  });
}

TEST_P(ThreadFault, OtherSizesAreNamedOnBothSides) {
  ThreadRing ring(size, kNever);
  std::vector<Ending> endings = ring.run([&](Communicator &self) {
    return shifts(self, kSteps, self.rank == 1 ? 8 : 16);
  });
  for (const Ending &ending : endings) {
    ASSERT_TRUE(ending.failure);
    EXPECT_THAT(
        ending.failure->message,
        AllOf(ContainsRegex("rank [0-9] of [0-9] (sends|receives) "
                            "(8|16) bytes in step [0-9], but rank [0-9] "
                            "(sends|receives) (8|16) in step [0-9]"),
              HasSubstr("they must run the same plan")));
  }
}

TEST_P(ThreadFault, OtherStepsAreNamedOnBothSides) {
  ThreadRing ring(size, kNever);
  std::vector<Ending> endings = ring.run([&](Communicator &self) {
    Step step = shift(self, 0, 8);
    step.number = self.rank == 1 ? 5 : 4;
    MaybeFailure failure = self.post(step);
    return failure ? failure : self.wait(step.number);
  });
  for (int32_t rank : {0, 1, 2 % size}) { // others do not meet rank 1
    ASSERT_TRUE(endings[rank].failure);
    EXPECT_THAT(endings[rank].failure->message,
                AllOf(HasSubstr("8 bytes in step "), HasSubstr("8 in step ")));
  }
}

TEST_P(ThreadFault, AnotherRingGoesOn) {
  ThreadRing ring(size, kNever);
  ring.run(Culprit{1, 2, [](Communicator &self) -> MaybeFailure {
                     self.abort("");
                     return std::nullopt;
                   }});
  for (const Ending &ending :
       ring.run([](Communicator &self) { return shifts(self, 1, 8); })) {
    ASSERT_TRUE(ending.failure); // the fault is final
    EXPECT_THAT(ending.failure->message,
                HasSubstr("gave up in step 1: it gave no reason"));
  }
  ThreadRing next(size, kNever);
  for (const Ending &ending : next.run(
           [](Communicator &self) { return shifts(self, kSteps, kBytes); }))
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

INSTANTIATE_TEST_SUITE_P(Sizes, ThreadFault, testing::Values(2, 3, 5));

TEST(ThreadFaults, TheExchangeOfPlansIsNamed) {
  ThreadRing ring(3, 0.1);
  std::vector<Ending> endings =
      ring.run([](Communicator &self) -> MaybeFailure {
        if (self.rank == 2)
          return std::nullopt;
        std::vector<char> all(48);
        return self.exchange(all.data(), 16, all.data());
      });
  for (int32_t rank : {0, 1}) {
    ASSERT_TRUE(endings[rank].failure);
    EXPECT_THAT(endings[rank].failure->message,
                AllOf(HasSubstr("in the exchange of plans for rank 2"),
                      HasSubstr("which did not come")));
  }
}

TEST(ThreadFaults, AStopFlagEndsTheWait) {
  ThreadRing ring(2, kNever);
  volatile int stop = 0;
  ring[0].stop = &stop;
  std::thread setting([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = 1;
  });
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  MaybeFailure failure = ring[0].wait(0);
  setting.join();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, RDATTN_INTERRUPTED);
  EXPECT_EQ(failure->message, "rank 0 of 2 was interrupted while it waited in "
                              "step 0 for rank 1");
  MaybeFailure other = ring[1].post(shift(ring[1], 0, 8));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, RDATTN_RING_ERROR);
  EXPECT_THAT(other->message, HasSubstr(failure->message));
}

TEST(ThreadFaults, PollTells) {
  ThreadRing ring(2, kNever);
  EXPECT_FALSE(ring[0].poll());
  ring[1].abort("enough");
  EXPECT_EQ(ring[0].poll()->message,
            "rank 0 of 2 found that the ring had failed: rank 1 of 2 gave up "
            "before its first step: enough");
}

/// Ranks free their memory as soon as they have failed: a copy that still runs
/// would be seen by a sanitizer.
TEST(ThreadFaults, NoCopyOutlivesTheFailure) {
  for (unsigned round = 0; round < 100; ++round) {
    ThreadRing ring(4, kNever);
    ring.run([&](Communicator &self) -> MaybeFailure {
      std::mt19937 random(4 * round + self.rank);
      for (int64_t number = 0; number < 6; ++number) {
        Step step = shift(self, number, 100000);
        auto memory = std::move(step.memory); // the test's alone
        if (self.rank == 0 && random() % 8 == 0)
          self.abort("chance");
        if (MaybeFailure failure = self.post(step))
          return failure;
        if (MaybeFailure failure = self.wait(number))
          return failure;
      }
      return std::nullopt;
    });
  }
}
