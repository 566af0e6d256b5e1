//===- RingFaultTest.cpp - Ranks that differ, fail or stall in a call -----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "gmock/gmock.h"
#include <chrono>
#include <thread>

using namespace rdattn::test;
using namespace rdattn::planner;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

namespace {

constexpr int32_t kRanks = 3;

RingCase dense() {
  RingCase c;
  Branch branch;
  branch.segments = {{64}};
  c.branches = {expandBranch(branch)};
  c.sizes = {1, 30, 2, 1};
  c.ring = {kRanks, Layout::Striped};
  return c;
}

struct RingFaults : testing::Test {
  void SetUp() override { ASSERT_EQ(module.open(), RDATTN_OK); }

  std::vector<RingRun::Ending> call(const Rings &rings) {
    return run.call(module.function(), rings, spec.handle);
  }

  /// Calls with code of all ranks that does this before each step is posted.
  std::vector<RingRun::Ending>
  callWith(const Rings &rings, std::function<void(int64_t step)> beforePost) {
    body = RingCode{{}, 4, std::move(beforePost)};
    return call(rings);
  }

  /// A new ring computes what it should.
  void goOn() {
    Rings rings(kRanks);
    run.check(callWith(rings, nullptr));
  }

  Random random{1};
  RingRun run{random, dense(), 4, 3};
  Spec spec{run.spec(4)};
  FakeModule module{"qkvsdol"};
};

//===-- Ranks that differ -------------------------------------------------===//

struct RingDifferences : RingFaults {
  /// Makes rank 1 differ, and says what it and rank 0 are told.
  void differ(RingRun &other, const FakeModule &itsModule, const Spec &itsSpec,
              const std::string &mine, const std::string &theirs,
              const std::string &name) {
    Rings rings(kRanks);
    body = [](void **) { ADD_FAILURE() << "the entry ran"; };
    std::vector<RingRun::Ending> endings(kRanks);
    std::vector<std::thread> threads;
    for (int64_t rank = 0; rank < kRanks; ++rank)
      threads.emplace_back([&, rank] {
        endings[rank] = rank == 1 ? other.callAs(rank, itsModule.function(),
                                                 rings[rank], itsSpec.handle)
                                  : run.callAs(rank, module.function(),
                                               rings[rank], spec.handle);
      });
    for (std::thread &thread : threads)
      thread.join();
    for (int64_t rank = 0; rank < kRanks; ++rank) {
      EXPECT_EQ(endings[rank].status, RDATTN_RING_ERROR);
      EXPECT_THAT(
          endings[rank].message,
          AllOf(HasSubstr("rank " + std::to_string(rank) + " of 3 and rank " +
                          (rank == 1 ? "0" : "1") +
                          " do not run the same attention: "),
                ContainsRegex(name + " is " + (rank == 1 ? theirs : mine) +
                              " on this rank but " +
                              (rank == 1 ? mine : theirs) + " on the other")));
    }
    // All ranks came to the same end, so the ring is none the worse.
    run.check(callWith(rings, nullptr));
  }
};

TEST_F(RingDifferences, InS) {
  RingCase c = dense();
  c.sizes.tokens = 31;
  RingRun other(random, c, 4, 3);
  differ(other, module, spec, "30", "31", "S");
}

TEST_F(RingDifferences, InHeadSizes) {
  RingRun other(random, dense(), 5, 3), another(random, dense(), 4, 2);
  differ(other, module, spec, "4", "5", "D");
  differ(another, module, spec, "3", "2", "Dv");
}

TEST_F(RingDifferences, InCausal) {
  RingCase c = dense();
  c.causal = true;
  RingRun other(random, c, 4, 3);
  Spec causal(other.spec(4));
  differ(other, module, causal, "false", "true", "causal");
}

TEST_F(RingDifferences, InTheLayout) {
  RingCase c = dense();
  c.ring.layout = Layout::ZigZag;
  RingRun other(random, c, 4, 3);
  Spec zigzag(other.spec(4));
  differ(other, module, zigzag, "striped", "zigzag", "the layout");
}

TEST_F(RingDifferences, InThePattern) {
  RingCase c = dense();
  c.branches[0].groups[0].window = 3;
  RingRun other(random, c, 4, 3);
  Spec windowed(other.spec(4));
  differ(other, module, windowed, "1 group with hash [0-9a-f]+",
         "1 group with hash [0-9a-f]+", "branch 0");
}

TEST_F(RingDifferences, InTheDtype) {
  FakeModule half("qkvsdol", RDATTN_FLOAT16);
  ASSERT_EQ(half.open(), RDATTN_OK);
  RingRun other(random, dense(), 4, 3);
  for (const rdattn_tensor *tensor :
       {other.arguments[1].q, other.arguments[1].k, other.arguments[1].v,
        other.arguments[1].o})
    const_cast<rdattn_tensor *>(tensor)->dtype = RDATTN_FLOAT16;
  differ(other, half, spec, "float32", "float16", "the dtype");
}

//===-- Ranks that fail ---------------------------------------------------===//

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
