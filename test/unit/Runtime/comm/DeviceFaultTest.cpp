//===- DeviceFaultTest.cpp - Faults of rings whose rows are on GPUs -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCopies.h"

#include "rdattn/ring.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

static const std::vector<int32_t> kTwo = {0, 1};

TEST_F(DeviceCopies, AStallEndsWithTheTimeout) {
  for (int32_t culprit : {0, 1})
    for (int32_t step : {0, 2}) {
      ThreadRing ring(kTwo, 0.2);
      std::vector<Ending> endings = ring.run([&](Communicator &rank) {
        return shifts(rank, 4, 100, [&](int32_t now) {
          return rank.rank != culprit || now != step;
        });
      });
      const Ending &ending = endings[1 - culprit];
      ASSERT_TRUE(ending.failure);
      EXPECT_EQ(ending.failure->status, RDATTN_RING_ERROR);
      EXPECT_THAT(
          ending.failure->message,
          AllOf(StartsWith(ring[1 - culprit].name()),
                HasSubstr("waited 0.2 s in step " + std::to_string(step) +
                          " for rank " + std::to_string(culprit) +
                          ", which did not come")));
      ThreadRing next(kTwo, kNever); // and it goes on
      for (const Ending &each :
           next.run([](Communicator &rank) { return shifts(rank, 4, 100); }))
        EXPECT_FALSE(each.failure) << each.failure->message;
    }
}

TEST_F(DeviceCopies, AnAbortEndsTheWait) {
  ThreadRing ring(kTwo, kNever);
  std::vector<Ending> endings =
      ring.run([&](Communicator &rank) -> MaybeFailure {
        if (rank.rank == 0)
          return shifts(rank, 1, 8);
        rank.abort("its disk is full");
        return std::nullopt;
      });
  ASSERT_TRUE(endings[0].failure);
  EXPECT_THAT(endings[0].failure->message,
              HasSubstr("rank 1 of 2 gave up before its first step: its disk "
                        "is full"));
  EXPECT_TRUE(ring[0].synchronize());
}

TEST_F(DeviceCopies, ARankThatLeavesIsNamed) {
  ThreadRing ring(kTwo, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  ring.leave(1);
  MaybeFailure failure = ring[0].wait(0);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->message, "rank 0 of 2 waited in step 0 for rank 1, which "
                              "has left the ring");
}

TEST_F(DeviceCopies, OtherSizesAreNamed) {
  ThreadRing ring(kTwo, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  EXPECT_THAT(ring[1].post(shift(ring[1], 0, 16))->message,
              HasSubstr("they must run the same plan"));
  EXPECT_TRUE(driver.copies.empty());
}

TEST_F(DeviceCopies, ACopyThatFailsIsLearntByBoth) {
  driver.failures["cuMemcpyPeerAsync"] = 700;
  ThreadRing ring(kTwo, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  const std::string cause =
      "when the ring failed: cannot copy from device 1 on device 0: "
      "CUDA_ERROR_700";
  EXPECT_THAT(ring[1].post(shift(ring[1], 0, 8))->message,
              AllOf(StartsWith("rank 1 of 2 waited in step 0 for rank 0"),
                    HasSubstr(cause)));
  EXPECT_THAT(ring[0].wait(0)->message,
              AllOf(StartsWith("rank 0 of 2 waited in step 0 for rank 1"),
                    HasSubstr(cause)));
}

/// What the caller does next with that memory comes after the copies.
TEST_F(DeviceCopies, TheCallersStreamWaitsForCopiesAfterAFault) {
  for (bool aborts : {true, false}) {
    driver.copies.clear();
    ThreadRing ring(kTwo, 0.1);
    Posted sender(driver, ring[0]), receiver(driver, ring[1]);
    ASSERT_FALSE(sender.post(ring[0]));
    ASSERT_FALSE(receiver.post(ring[1]));
    ASSERT_EQ(driver.copies.size(), 1u);
    EXPECT_THAT(sender.stream->work, Not(Contains(driver.copies[0].isDone)));
    if (aborts) {
      ring[0].abort("");
    } else {
      Step more = shift(ring[0], 1, 8);
      more.stream = sender.stream;
      ASSERT_FALSE(ring[0].post(std::move(more)));
      EXPECT_TRUE(ring[0].wait(1)); // in vain
    }
    EXPECT_THAT(sender.stream->work, Contains(driver.copies[0].isDone));
    *sender.work = *receiver.work = true;
  }
}

TEST_F(DeviceCopies, AStopFlagEndsTheWaits) {
  volatile int stop = 1;
  {
    ThreadRing ring(kTwo, kNever);
    ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
    ring[0].stop = &stop;
    MaybeFailure failure = ring[0].wait(0);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message, "rank 0 of 2 was interrupted while it waited "
                                "in step 0 for rank 1");
  }
  ThreadRing ring(kTwo, kNever);
  Posted sender(driver, ring[0]), receiver(driver, ring[1]);
  ASSERT_FALSE(sender.post(ring[0]));
  ASSERT_FALSE(receiver.post(ring[1]));
  ring[0].stop = &stop;
  MaybeFailure failure = ring[0].synchronize();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, RDATTN_INTERRUPTED);
  EXPECT_EQ(failure->message, "rank 0 of 2 was interrupted while it waited for "
                              "its steps on the device");
  EXPECT_TRUE(ring[1].poll());
  *sender.work = *receiver.work = true;
}

TEST_F(DeviceCopies, SynchronizeWaitsForPeersToPost) {
  ThreadRing ring(kTwo, 0.1);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  EXPECT_THAT(ring[0].synchronize()->message,
              HasSubstr("waited 0.1 s in step 0 for rank 1"));
}

TEST_F(DeviceCopies, AFaultOfTheDeviceIsLearntAtLast) {
  ThreadRing ring(kTwo, kNever);
  driver.failures["cuStreamSynchronize"] = 700;
  EXPECT_EQ(ring[1].synchronize()->message,
            "cannot wait for the ring on device 1: CUDA_ERROR_700 (as the test "
            "wants it)");
}

TEST_F(DeviceCopies, ArgumentsAreChecked) {
  rdattn_ring *rings[2] = {};
  auto refusal = [&](const int32_t *devices) {
    EXPECT_NE(rdattn_ring_threads_create_on(2, devices, 1, rings), RDATTN_OK);
    return std::string(rdattn_last_error());
  };
  EXPECT_EQ(refusal(nullptr),
            "devices is NULL, but must name the CUDA device of each of 2 "
            "ranks");
  const int32_t absent[] = {0, 4};
  EXPECT_EQ(refusal(absent), "device is 4, but must be from 0 to 3");
  const int32_t present[] = {3, 1};
  ASSERT_EQ(rdattn_ring_threads_create_on(2, present, 1, rings), RDATTN_OK);
  for (int32_t rank : {0, 1}) {
    EXPECT_EQ(rdattn_ring_device(rings[rank]), present[rank]);
    EXPECT_STREQ(rdattn_ring_transport(rings[rank]), "threads");
    rdattn_ring_destroy(rings[rank]);
  }
  driver.failures["cuStreamCreateWithPriority"] = 700;
  EXPECT_THAT(refusal(present), HasSubstr("cannot create a stream"));
}
