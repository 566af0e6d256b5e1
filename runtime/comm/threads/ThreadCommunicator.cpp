//===- ThreadCommunicator.cpp - A ring of threads -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/ThreadCommunicator.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

std::vector<std::unique_ptr<Communicator>>
comm::createThreadRing(int32_t size, double timeout) {
  auto group = std::make_shared<ThreadGroup>(size);
  std::vector<std::unique_ptr<Communicator>> ring;
  ring.reserve(size);
  for (int32_t rank = 0; rank < size; ++rank)
    ring.push_back(
        std::make_unique<ThreadCommunicator>(rank, size, timeout, group));
  return ring;
}
