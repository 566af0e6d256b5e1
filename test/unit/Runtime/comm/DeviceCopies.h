//===- DeviceCopies.h - Rings of threads on fake GPUs -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_DEVICECOPIES_H
#define RDATTN_TEST_RUNTIME_COMM_DEVICECOPIES_H

#include "../cuda/FakeDriver.h"
#include "ThreadRing.h"

#include "runtime/cuda/Driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rdattn::test {

constexpr double kNever = 100; ///< a timeout that no test may reach

/// Four fake GPUs, and the check that nothing is left of a ring.
struct DeviceCopies : testing::Test {
  DeviceCopies() {
    driver.reset();
    driver.devices.resize(4);
    runtime::cuda::setDriverLibrary(FAKE_DRIVER);
  }
  void TearDown() override {
    EXPECT_TRUE(driver.events.empty());
    EXPECT_TRUE(driver.ownStreams.empty());
    EXPECT_EQ(driver.forbidden, 0);
  }

  FakeDriver &driver = fakeDriver();
};

/// Step 0 of a rank of two, of 8 bytes from rank 0 to rank 1, on a stream with
/// work that the test ends.
struct Posted {
  Posted(FakeDriver &driver, const Communicator &rank)
      : stream(driver.createStream(rank.device())),
        data(std::make_shared<std::vector<char>>(8, rank.rank == 0 ? 7 : 0)) {
    stream->work = {work};
  }

  MaybeFailure post(Communicator &rank) const {
    Step step;
    step.memory = data;
    step.stream = stream;
    (rank.rank == 0 ? step.sends : step.receives) = {
        {1 - rank.rank, data->data(), data->size()}};
    return rank.post(std::move(step));
  }

  FakeStream *stream;
  FakeWork work = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::vector<char>> data;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_DEVICECOPIES_H
