//===- NcclStepsTest.cpp - What NCCL is asked for -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NcclRing.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;
using rdattn::runtime::invalid;
using testing::AnyOf;
using testing::ElementsAre;

namespace {
struct NcclSteps : NcclTest {
  static void expectNoFailure(const std::vector<Ending> &endings) {
    for (const Ending &ending : endings)
      EXPECT_FALSE(ending.failure) << ending.failure->message;
  }
};
} // namespace

TEST_F(NcclSteps, RandomTransfersArrive) {
  for (int busyPolls : {0, 3})
    for (int32_t size = 1; size <= 4; ++size)
      for (int32_t ahead = 0; ahead <= 2; ++ahead) {
        nccl.busyPolls = busyPolls;
        NcclRing ring(size, kNever);
        const RandomExchange exchange(size, 20, 5000, 10 * size + ahead);
        expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
          std::string wrong = exchange.run(rank, ahead);
          if (wrong.empty())
            return std::nullopt;
          return invalid(rank.name(), ": ", wrong);
        }));
      }
}

TEST_F(NcclSteps, RecordsOfAllRanksAreCollected) {
  for (int32_t size = 1; size <= 4; ++size) {
    NcclRing ring(size, kNever);
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

TEST_F(NcclSteps, AStepIsOneGroup) {
  {
    NcclRing ring(2, kNever);
    EXPECT_STREQ(ring[0].transport(), "nccl");
    EXPECT_EQ(ring[1].device(), 1);
    expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
      if (MaybeFailure failure = shifts(rank, 2, 8))
        return failure;
      if (MaybeFailure failure = rank.post({2, {}, {}, nullptr, nullptr}))
        return failure;
      if (MaybeFailure failure = rank.wait(2)) // an empty one is none
        return failure;
      return rank.synchronize();
    }));
  }
  for (int rank : {0, 1}) {
    const std::string send = "send 8 to " + std::to_string(1 - rank);
    const std::string receive = "receive 8 from " + std::to_string(1 - rank);
    EXPECT_THAT(nccl.logOf(rank),
                ElementsAre("initialize", "gather 192", "group", send, receive,
                            "group", send, receive, "group", "finalize",
                            "destroy"));
  }
}

TEST_F(NcclSteps, NeitherPostNorWaitWaitsForTheDevice) {
  NcclRing ring(2, kNever);
  FakeStream *before = driver.createStream(0), *after = driver.createStream(0);
  auto packing = std::make_shared<std::atomic<bool>>(false);
  before->work = {packing};
  Step step = shift(ring[0], 0, 8);
  std::weak_ptr<void> memory = step.memory;
  step.stream = before;
  ASSERT_FALSE(ring[0].post(std::move(step)));
  ASSERT_FALSE(ring[0].wait(0, after)); // the peer has not posted
  EXPECT_FALSE(ring[0].poll());
  // What comes next on it waits for the step's beginning, not for its
  // transfers.
  for (const auto &work : before->work)
    EXPECT_EQ(work, packing);
  EXPECT_EQ(before->work.size(), 2u);
  ASSERT_EQ(after->work.size(), 3u); // the packing, the send, the receive
  EXPECT_EQ(after->work[0], packing);
  EXPECT_FALSE(*after->work[1]);
  ASSERT_FALSE(ring[1].post(shift(ring[1], 0, 8)));
  EXPECT_TRUE(*after->work[1] && *after->work[2]);
  ASSERT_FALSE(ring[1].wait(0));
  ASSERT_FALSE(ring[1].synchronize());
  EXPECT_FALSE(memory.expired()); // the stream's earlier work goes on
  *packing = true;
  ASSERT_FALSE(ring[0].synchronize());
  EXPECT_TRUE(memory.expired());
}

/// Freeing may wait for the device, which the watchdog must not.
TEST_F(NcclSteps, TheRanksThreadFreesMemory) {
  NcclRing ring(2, kNever);
  std::atomic<bool> isFreed{false};
  std::thread::id freeing;
  Step step = shift(ring[0], 0, 8);
  std::shared_ptr<void> owned = step.memory;
  step.memory = std::shared_ptr<void>(owned.get(), [&](void *) {
    freeing = std::this_thread::get_id();
    // The communicator is not locked, so this would not keep it from its work.
    std::thread([&] { EXPECT_FALSE(ring[0].poll()); }).join();
    isFreed = true;
  });
  ASSERT_FALSE(ring[0].post(std::move(step)));
  ASSERT_FALSE(ring[1].post(shift(ring[1], 0, 8)));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(isFreed);
  ASSERT_FALSE(ring[0].synchronize());
  EXPECT_TRUE(isFreed);
  EXPECT_EQ(freeing, std::this_thread::get_id());
}

TEST_F(NcclSteps, EventsAreUsedAgain) {
  NcclRing ring(2, kNever);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    for (int call = 0; call < 10; ++call) {
      if (MaybeFailure failure = shifts(rank, 4, 8))
        return failure;
      if (MaybeFailure failure = rank.synchronize())
        return failure;
    }
    return std::nullopt;
  }));
  EXPECT_LE(driver.count("cuEventCreate"), 3 * 2 * 5); // of each step
}

TEST_F(NcclSteps, CapturesAreRefused) {
  NcclRing ring(2, kNever);
  FakeStream *stream = driver.createStream(0);
  driver.beginCapture(stream);
  Step step = shift(ring[0], 3, 8);
  step.stream = stream;
  EXPECT_EQ(ring[0].post(std::move(step))->message,
            "step 3 of rank 0 of 2 is posted on a stream that is captured into "
            "a graph, but the steps of a ring must run outside graphs");
  driver.endCapture(stream);
  expectNoFailure(ring.run(
      [](Communicator &rank) { return shifts(rank, 1, 8); })); // it goes on
}

TEST_F(NcclSteps, StreamsOfOtherDevicesAreRefused) {
  NcclRing ring(2, kNever);
  Step step = shift(ring[0], 3, 8);
  step.stream = driver.createStream(1);
  EXPECT_EQ(ring[0].post(std::move(step))->message,
            "stream belongs to another device or context, but must be one of "
            "device 0");
}

TEST_F(NcclSteps, AnotherThreadsCaptureDoesNoHarm) {
  NcclRing ring(2, kNever);
  ASSERT_FALSE(ring[0].post(shift(ring[0], 0, 8)));
  FakeStream *stream = driver.createStream(0);
  driver.beginCapture(stream); // which forbids queries to other threads
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  driver.endCapture(stream);
  ASSERT_FALSE(ring[1].post(shift(ring[1], 0, 8)));
  EXPECT_FALSE(ring[0].synchronize());
}

TEST_F(NcclSteps, TheLibraryIsLookedAt) {
  auto refusal = [](const char *library) {
    NcclId id;
    MaybeFailure failure = createNcclId(library, id);
    EXPECT_TRUE(failure);
    EXPECT_EQ(failure->status, RDATTN_UNSUPPORTED_DEVICE);
    return failure->message;
  };
  EXPECT_THAT(refusal("libno-such-nccl.so.2"),
              testing::StartsWith("no NCCL was found: libno-such-nccl.so.2"));
  EXPECT_EQ(refusal("libm.so.6"),
            "'libm.so.6' is not NCCL: it does not tell its version");
  EXPECT_EQ(refusal(INCOMPLETE_NCCL),
            "NCCL 2.28.9 lacks the entry point ncclAllGather");
  nccl.version = 21605;
  EXPECT_EQ(refusal(FAKE_NCCL),
            "NCCL is too old: it is 2.16.5, but must be 2.17.0 or newer");
  nccl.version = 22809;
  nccl.failures["ncclGetUniqueId"] = 2;
  NcclId id;
  EXPECT_EQ(createNcclId(FAKE_NCCL, id)->message,
            "no id of a ring can be made: NCCL: another error (as the test "
            "wants it)");
}

TEST_F(NcclSteps, DevicesAreChecked) {
  std::unique_ptr<Communicator> ring;
  NcclId id = {};
  EXPECT_EQ(createNcclRing(FAKE_NCCL, id, 1, 0, 4, kNever, ring)->message,
            "device is 4, but must be from 0 to 3");
}
