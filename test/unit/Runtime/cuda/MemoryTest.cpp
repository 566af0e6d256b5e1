//===- MemoryTest.cpp - GPU memory for programs without CUDA --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

using namespace rdattn::test;

using Memory = CudaTest;

TEST_F(Memory, IsAllocatedCopiedAndFreed) {
  driver.devices.resize(2);
  const char text[] = "0123456789";
  char back[sizeof(text)] = {};
  void *data = nullptr;
  ASSERT_EQ(rdattn_cuda_allocate(1, sizeof(text), &data), RDATTN_OK);
  EXPECT_EQ(driver.allocations.begin()->second.device, 1);
  EXPECT_EQ(rdattn_cuda_copy(1, data, text, sizeof(text)), RDATTN_OK);
  EXPECT_EQ(rdattn_cuda_copy(1, back, data, sizeof(text)), RDATTN_OK);
  EXPECT_STREQ(back, text);
  EXPECT_EQ(rdattn_cuda_synchronize(1, nullptr), RDATTN_OK);
  EXPECT_EQ(rdattn_cuda_free(1, data), RDATTN_OK);
  EXPECT_EQ(FakeDriver::current(), nullptr);
}

TEST_F(Memory, MayBeNone) {
  void *data = &data;
  EXPECT_EQ(rdattn_cuda_allocate(0, 0, &data), RDATTN_OK);
  EXPECT_EQ(data, nullptr);
  EXPECT_EQ(rdattn_cuda_copy(0, nullptr, nullptr, 0), RDATTN_OK);
  EXPECT_EQ(rdattn_cuda_free(0, nullptr), RDATTN_OK);
}

TEST_F(Memory, RefusesWhatIsWrong) {
  void *data = &data;
  EXPECT_EQ(rdattn_cuda_device_count(nullptr), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "count is NULL, but must point to where the count goes");
  EXPECT_EQ(rdattn_cuda_allocate(0, 8, nullptr), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "data is NULL, but must point to where the memory goes");
  EXPECT_EQ(rdattn_cuda_allocate(1, 8, &data), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "device is 1, but must be 0, as there is one device");
  EXPECT_EQ(data, nullptr);
  char byte = 0;
  EXPECT_EQ(rdattn_cuda_copy(0, nullptr, &byte, 1), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "to is NULL, but must point to host or device memory");
  EXPECT_EQ(rdattn_cuda_copy(0, &byte, nullptr, 1), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "from is NULL, but must point to host or device memory");
  EXPECT_EQ(rdattn_cuda_free(0, &byte), RDATTN_CUDA_ERROR);
  EXPECT_STREQ(rdattn_last_error(), "cannot free memory on device 0: "
                                    "CUDA_ERROR_1 (as the test wants it)");
}

TEST_F(Memory, RunsOut) {
  driver.memoryLeft = 10;
  void *data = nullptr;
  EXPECT_EQ(rdattn_cuda_allocate(0, 11, &data), RDATTN_OUT_OF_MEMORY);
  EXPECT_STREQ(rdattn_last_error(),
               "device 0 has no 11 bytes of memory left for the caller");
}

TEST_F(Memory, TellsOfWorkThatFailed) {
  driver.failures["cuStreamSynchronize"] = 700;
  EXPECT_EQ(rdattn_cuda_synchronize(0, nullptr), RDATTN_CUDA_ERROR);
  EXPECT_STREQ(rdattn_last_error(), "cannot wait for the stream on device 0: "
                                    "CUDA_ERROR_700 (as the test wants it)");
}
