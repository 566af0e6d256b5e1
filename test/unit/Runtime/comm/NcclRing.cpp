//===- NcclRing.cpp - Rings on fake GPUs ----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NcclRing.h"

using namespace rdattn::test;
using namespace rdattn::runtime::comm;

NcclRing::NcclRing(int32_t size, double timeout) : ring(size) {
  NcclId id;
  EXPECT_FALSE(createNcclId(FAKE_NCCL, id));
  std::vector<std::thread> joining;
  for (int32_t rank = 0; rank < size; ++rank)
    joining.emplace_back([&, rank] {
      MaybeFailure failure =
          createNcclRing(FAKE_NCCL, id, size, rank, rank, timeout, ring[rank]);
      EXPECT_FALSE(failure) << failure->message;
    });
  for (std::thread &thread : joining)
    thread.join();
}

NcclTest::NcclTest() {
  driver.reset();
  driver.devices.resize(4);
  nccl.reset();
  rdattn::runtime::cuda::setDriverLibrary(FAKE_DRIVER);
  threads = countThreads();
}

void NcclTest::TearDown() {
  EXPECT_THAT(nccl.misuse, testing::IsEmpty());
  EXPECT_TRUE(nccl.live.empty());
  EXPECT_TRUE(driver.events.empty());
  EXPECT_TRUE(driver.ownStreams.empty());
  EXPECT_EQ(driver.forbidden, 0);
  EXPECT_EQ(countThreads(), threads);
}
