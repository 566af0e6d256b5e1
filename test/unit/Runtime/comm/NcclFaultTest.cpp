//===- NcclFaultTest.cpp - Faults of a ring on GPUs -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NcclRing.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;
using testing::AllOf;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

static constexpr int32_t kSteps = 3;

namespace {
struct NcclFault : NcclTest {
  /// Steps that end with a look at how they went.
  static MaybeFailure
  run(Communicator &rank,
      const std::function<bool(int32_t)> &before = nullptr) {
    bool goesOn = true;
    MaybeFailure failure = shifts(rank, kSteps, 8, [&](int32_t step) {
      goesOn = !before || before(step);
      return goesOn;
    });
    if (failure || !goesOn)
      return failure;
    return rank.synchronize();
  }

  bool isAborted(int rank) {
    const std::vector<std::string> log = nccl.logOf(rank);
    return std::find(log.begin(), log.end(), "abort") != log.end();
  }
};
} // namespace

TEST_F(NcclFault, AStallEndsWithTheTimeout) {
  const double timeout = 0.2;
  for (bool lazily : {false, true})
    for (int32_t size : {2, 3})
      for (int32_t culprit = 0; culprit < size; ++culprit)
        for (int32_t step = 0; step < kSteps; ++step) {
          nccl.reset();
          nccl.connectsLazily = lazily;
          NcclRing ring(size, timeout);
          std::vector<Ending> endings = ring.run([&](Communicator &rank) {
            return run(rank, [&](int32_t now) {
              return rank.rank != culprit || now != step;
            });
          });
          for (int32_t rank = 0; rank < size; ++rank) {
            if (rank == culprit)
              continue;
            ASSERT_TRUE(endings[rank].failure);
            EXPECT_THAT(endings[rank].failure->message,
                        AllOf(StartsWith(ring[rank].name()),
                              ContainsRegex("step [0-9]"),
                              ContainsRegex("for rank"),
                              HasSubstr("waited 0.2 s in step "),
                              HasSubstr(", which did not come")));
            EXPECT_TRUE(isAborted(rank));
            EXPECT_LT(endings[rank].seconds, timeout + 20);
          }
        }
}

TEST_F(NcclFault, AStallIsNoticedWithoutACall) {
  NcclRing ring(2, 0.05);
  FakeStream *after = driver.createStream(0);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  ASSERT_FALSE(ring[0].wait(0, after));
  for (int i = 0; i < 2000 && !isAborted(0); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(isAborted(0));
  for (const FakeWork &work : after->work)
    EXPECT_TRUE(*work); // so the caller's stream goes on
  EXPECT_EQ(ring[0].synchronize()->message,
            "rank 0 of 2 waited in step 0 for rank 1 when the ring failed: "
            "rank 0 of 2 waited 0.05 s in step 0 for rank 1, which did not "
            "come");
  EXPECT_THAT(ring[0].post(shift(ring[0], 1, 8))->message,
              StartsWith("rank 0 of 2 could not begin step 1 with rank 1, as "
                         "the ring had failed: rank 0 of 2 waited 0.05 s"));
}

TEST_F(NcclFault, TheTimeBeginsWhenTheStepMayRun) {
  NcclRing ring(2, 0.2);
  FakeStream *stream = driver.createStream(0);
  auto packing = std::make_shared<std::atomic<bool>>(false);
  stream->work = {packing};
  Step step = shift(ring[0], 0, 8);
  step.stream = stream;
  ASSERT_FALSE(ring[0].post(std::move(step)));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_FALSE(isAborted(0)); // as its own stream is not ready
  EXPECT_FALSE(ring[0].poll());
  *packing = true;
  ASSERT_TRUE(ring[0].synchronize());
  EXPECT_TRUE(isAborted(0));
}

TEST_F(NcclFault, NcclsErrorsAreTold) {
  NcclRing ring(2, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  {
    std::lock_guard<std::recursive_mutex> lock(nccl.mutex);
    nccl.asyncErrors[0] = 6;
  }
  EXPECT_THAT(ring[0].synchronize()->message,
              HasSubstr("rank 0 of 2 waited in step 0 for rank 1 when the ring "
                        "failed: NCCL: remote error (as the test wants it)"));
  EXPECT_TRUE(isAborted(0));
}

TEST_F(NcclFault, AGroupThatIsRefusedIsTold) {
  for (const char *symbol : {"ncclGroupStart", "ncclSend", "ncclGroupEnd"}) {
    NcclRing ring(2, kNever);
    {
      std::lock_guard<std::recursive_mutex> lock(nccl.mutex);
      nccl.failures[symbol] = 3;
    }
    EXPECT_THAT(ring[0].post(shift(ring[0], 0, 8))->message,
                HasSubstr("step 0 for rank 1 when the ring failed: NCCL: "
                          "another error"));
    EXPECT_THAT(nccl.logOf(0), Contains("abort"));
    nccl.failures.clear();
  }
}

TEST_F(NcclFault, ErrorsOfTheDeviceAreTold) {
  NcclRing ring(2, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  {
    std::lock_guard<std::recursive_mutex> lock(driver.mutex);
    driver.failures["cuEventQuery"] = 700;
  }
  EXPECT_THAT(ring[0].synchronize()->message,
              HasSubstr("cannot wait for the ring on device 0: CUDA_ERROR_700 "
                        "(as the test wants it)"));
  std::lock_guard<std::recursive_mutex> lock(driver.mutex);
  driver.failures.clear();
}

TEST_F(NcclFault, AnAbortEndsAWaitAtOnce) {
  NcclRing ring(2, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  std::thread aborting([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ring[0].abort("it was asked to");
  });
  EXPECT_THAT(ring[0].synchronize()->message,
              HasSubstr("waited in step 0 for rank 1 when the ring failed: "
                        "rank 0 of 2 gave up in step 0: it was asked to"));
  aborting.join();
  EXPECT_THAT(ring[0].wait(0)->message, HasSubstr("it was asked to"));
  EXPECT_THAT(ring[0].poll()->message, HasSubstr("it was asked to"));
}

TEST_F(NcclFault, AStopFlagEndsAWait) {
  for (bool lazily : {false, true}) {
    nccl.connectsLazily = lazily;
    NcclRing ring(2, kNever);
    volatile int stop = 0;
    ring[0].stop = &stop;
    std::thread setting([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      stop = 1;
    });
    MaybeFailure failure = ring[0].post(shift(ring[0], 0, 8));
    if (!failure)
      failure = ring[0].synchronize();
    setting.join();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_INTERRUPTED);
    EXPECT_EQ(failure->message, "rank 0 of 2 was interrupted while it waited "
                                "in step 0 for rank 1");
    EXPECT_TRUE(isAborted(0));
  }
}

TEST_F(NcclFault, AnAbortEndsAConnection) {
  nccl.connectsLazily = true;
  NcclRing ring(2, kNever);
  std::thread aborting([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ring[0].abort("it was asked to");
  });
  EXPECT_THAT(ring[0].post(shift(ring[0], 0, 8))->message,
              HasSubstr("gave up in step 0: it was asked to"));
  aborting.join();
}

TEST_F(NcclFault, AnotherRingGoesOn) {
  {
    NcclRing ring(3, kNever);
    ring.run([](Communicator &rank) -> MaybeFailure {
      rank.abort("");
      return std::nullopt;
    });
    EXPECT_TRUE(ring[0].post(shift(ring[0], 0, 8)));
  }
  NcclRing next(3, kNever);
  for (const Ending &ending :
       next.run([](Communicator &rank) { return run(rank); }))
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

TEST_F(NcclFault, RanksThatDoNotJoinAreMissed) {
  NcclId id;
  ASSERT_FALSE(createNcclId(FAKE_NCCL, id));
  std::unique_ptr<Communicator> ring;
  EXPECT_EQ(createNcclRing(FAKE_NCCL, id, 2, 1, 0, 0.1, ring)->message,
            "rank 1 of 2 waited 0.1 s for the other ranks to create the ring, "
            "and not all came");
  EXPECT_FALSE(ring);
  EXPECT_TRUE(isAborted(1));
  nccl.failures["ncclCommInitRankConfig"] = 2;
  EXPECT_EQ(createNcclRing(FAKE_NCCL, id, 2, 1, 0, 0.1, ring)->message,
            "rank 1 of 2 could not join the ring: NCCL: another error (as the "
            "test wants it)");
}

TEST_F(NcclFault, ARingThatCannotBeFinalizedIsAborted) {
  {
    NcclRing ring(2, kNever);
    nccl.failures["ncclCommFinalize"] = 3;
  }
  for (int rank : {0, 1})
    EXPECT_THAT(nccl.logOf(rank),
                AllOf(Contains("abort"), Not(Contains("destroy"))));
}
