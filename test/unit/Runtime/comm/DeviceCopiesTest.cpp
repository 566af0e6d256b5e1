//===- DeviceCopiesTest.cpp - Threads whose rows are on GPUs --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On a fake driver, whose copies wait for what is on their stream before them.
//
//===----------------------------------------------------------------------===//

#include "DeviceCopies.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;
using rdattn::runtime::invalid;
using testing::Contains;
using testing::HasSubstr;

static void expectNoFailure(const std::vector<Ending> &endings) {
  for (const Ending &ending : endings)
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

TEST_F(DeviceCopies, RandomTransfersArrive) {
  const std::vector<std::vector<int32_t>> placements = {
      {0}, {0, 0}, {1, 0}, {0, 1, 0}, {2, 1, 0, 3}, {0, 0, 0, 0, 0}};
  for (const std::vector<int32_t> &devices : placements)
    for (int32_t ahead = 0; ahead <= 2; ++ahead) {
      ThreadRing ring(devices, kNever);
      const auto size = static_cast<int32_t>(devices.size());
      const RandomExchange exchange(size, 20, 5000, 10 * size + ahead);
      expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
        EXPECT_EQ(rank.device(), devices[rank.rank]);
        std::string wrong = exchange.run(rank, ahead);
        if (wrong.empty())
          return std::nullopt;
        return invalid(rank.name(), ": ", wrong);
      }));
    }
}

TEST_F(DeviceCopies, RecordsAreCollectedInHostMemory) {
  ThreadRing ring(std::vector<int32_t>{0, 1, 1}, kNever);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    for (uint64_t round = 0; round < 3; ++round) {
      const std::vector<uint64_t> mine(32, 1000 * round + rank.rank);
      std::vector<uint64_t> all(96, ~0ull);
      if (MaybeFailure failure = rank.exchange(mine.data(), 256, all.data()))
        return failure;
      for (int32_t i = 0; i < 96; ++i)
        EXPECT_EQ(all[i], 1000 * round + i / 32) << rank.name();
    }
    return std::nullopt;
  }));
  EXPECT_TRUE(driver.copies.empty());
}

TEST_F(DeviceCopies, NeitherPostNorWaitWaitsForTheDevice) {
  ThreadRing ring(std::vector<int32_t>{0, 1}, kNever);
  Posted sender(driver, ring[0]), receiver(driver, ring[1]);
  ASSERT_FALSE(sender.post(ring[0]));
  EXPECT_TRUE(driver.copies.empty());
  ASSERT_FALSE(receiver.post(ring[1]));
  ASSERT_EQ(driver.copies.size(), 1u);
  FakeStream *after[] = {driver.createStream(0), driver.createStream(1)};
  for (int32_t rank : {0, 1}) {
    ASSERT_FALSE(ring[rank].wait(0, after[rank]));
    EXPECT_FALSE(ring[rank].poll());
    // Of what it sent, too.
    EXPECT_THAT(after[rank]->work, Contains(driver.copies[0].isDone));
  }
  for (FakeWork work : {sender.work, receiver.work}) { // it needs both
    driver.advance();
    EXPECT_EQ(receiver.data->front(), 0);
    *work = true;
  }
  ASSERT_FALSE(ring[1].synchronize());
  EXPECT_EQ(receiver.data->front(), 7);
}

TEST_F(DeviceCopies, CopiesAreMadeByTheReceiver) {
  ThreadRing ring(std::vector<int32_t>{0, 0, 2}, kNever);
  expectNoFailure(
      ring.run([&](Communicator &rank) { return shifts(rank, 2, 8); }));
  int32_t within = 0, between = 0;
  for (const FakeCopy &copy : driver.copies)
    ++(copy.source == copy.target ? within : between);
  EXPECT_EQ(within, 2); // from rank 0 to 1 and back
  EXPECT_EQ(between, 4);
  EXPECT_EQ(driver.count("cuMemcpyDtoDAsync"), 2);
  EXPECT_EQ(driver.count("cuMemcpyPeerAsync"), 4);
}

TEST_F(DeviceCopies, DevicesReachEachOtherWhereTheyCan) {
  {
    ThreadRing ring(std::vector<int32_t>{0, 3}, kNever);
  }
  EXPECT_EQ(driver.count("cuCtxEnablePeerAccess"), 2);
  driver.devicesReachEachOther = false;
  ThreadRing ring(std::vector<int32_t>{0, 3}, kNever);
  EXPECT_EQ(driver.count("cuCtxEnablePeerAccess"), 2);
  expectNoFailure(
      ring.run([&](Communicator &rank) { return shifts(rank, 2, 8); }));
}

TEST_F(DeviceCopies, MemoryIsHeldUntilTheCopyIsDone) {
  ThreadRing ring(std::vector<int32_t>{0, 0}, kNever);
  Posted sender(driver, ring[0]), receiver(driver, ring[1]);
  std::weak_ptr<void> memory = sender.data;
  ASSERT_FALSE(sender.post(ring[0]));
  sender.data.reset();
  ASSERT_FALSE(receiver.post(ring[1]));
  ASSERT_FALSE(ring[0].wait(0));
  EXPECT_FALSE(ring[0].poll());
  EXPECT_FALSE(memory.expired());
  *sender.work = *receiver.work = true;
  ASSERT_FALSE(ring[0].synchronize());
  EXPECT_TRUE(memory.expired());
}

TEST_F(DeviceCopies, TheEndWaitsForCopies) {
  FakeWork work;
  std::weak_ptr<void> memory;
  std::thread device;
  {
    ThreadRing ring(std::vector<int32_t>{0, 0}, kNever);
    Posted sender(driver, ring[0]), receiver(driver, ring[1]);
    *receiver.work = true;
    work = sender.work;
    memory = sender.data;
    ASSERT_FALSE(sender.post(ring[0]));
    sender.data.reset();
    ASSERT_FALSE(receiver.post(ring[1]));
    device = std::thread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      EXPECT_FALSE(memory.expired());
      *work = true;
    });
  }
  EXPECT_TRUE(*work);
  EXPECT_TRUE(memory.expired());
  device.join();
}

TEST_F(DeviceCopies, EventsAreUsedAgain) {
  ThreadRing ring(std::vector<int32_t>{0, 1}, kNever);
  expectNoFailure(ring.run([&](Communicator &rank) -> MaybeFailure {
    for (int call = 0; call < 10; ++call) {
      if (MaybeFailure failure = shifts(rank, 4, 8))
        return failure;
      if (MaybeFailure failure = rank.synchronize())
        return failure;
    }
    return std::nullopt;
  }));
  EXPECT_LE(driver.count("cuEventCreate"), 2 * 2 * 5);
}

TEST_F(DeviceCopies, EmptyStepsNeedNoDevice) {
  ThreadRing ring(std::vector<int32_t>{0, 0}, kNever);
  ASSERT_FALSE(ring[0].post({}));
  EXPECT_FALSE(ring[0].wait(0));
  EXPECT_FALSE(ring[0].synchronize());
  EXPECT_EQ(driver.count("cuEventRecord"), 0);
}

TEST_F(DeviceCopies, CapturesAreRefused) {
  ThreadRing ring(std::vector<int32_t>{0, 0}, kNever);
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

TEST_F(DeviceCopies, AnotherThreadsCaptureDoesNoHarm) {
  ThreadRing ring(std::vector<int32_t>{0, 0}, kNever);
  FakeStream *stream = driver.createStream(0);
  driver.beginCapture(stream); // which forbids queries to other threads
  expectNoFailure(ring.run([](Communicator &rank) -> MaybeFailure {
    MaybeFailure failure = shifts(rank, 3, 8);
    return failure ? failure : rank.synchronize();
  }));
  driver.endCapture(stream);
}

TEST_F(DeviceCopies, StreamsOfOtherDevicesAreRefused) {
  ThreadRing ring(std::vector<int32_t>{0, 1}, kNever);
  Step step = shift(ring[0], 3, 8);
  step.stream = driver.createStream(1);
  EXPECT_EQ(ring[0].post(std::move(step))->message,
            "stream belongs to another device or context, but must be one of "
            "device 0");
}
