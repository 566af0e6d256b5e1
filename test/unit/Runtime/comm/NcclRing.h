//===- NcclRing.h - Rings on fake GPUs --------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_NCCLRING_H
#define RDATTN_TEST_RUNTIME_COMM_NCCLRING_H

#include "FakeNccl.h"
#include "ThreadRing.h"

#include "runtime/comm/nccl/Library.h"
#include "runtime/comm/nccl/NcclCommunicator.h"
#include "runtime/cuda/Driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rdattn::test {

constexpr double kNever = 100; ///< a timeout that no test may reach

/// Ranks that are threads, rank i on device i.
class NcclRing {
public:
  using Ring = std::vector<std::unique_ptr<Communicator>>;

  NcclRing(int32_t size, double timeout);

  Communicator &operator[](int32_t rank) { return *ring[rank]; }
  void leave(int32_t rank) { ring[rank].reset(); }
  std::vector<Ending>
  run(const std::function<MaybeFailure(Communicator &)> &body) {
    return runAsThreads(ring, body);
  }

private:
  Ring ring;
};

/// Four fake GPUs, and the check that nothing is left of a ring.
struct NcclTest : testing::Test {
  NcclTest();
  void TearDown() override;

  FakeDriver &driver = fakeDriver();
  FakeNccl &nccl = fakeNccl();
  size_t threads = 0;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_NCCLRING_H
