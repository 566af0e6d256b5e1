//===- ThreadCommunicator.cpp - A ring of threads -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/ThreadCommunicator.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

using Ring = std::vector<std::unique_ptr<Communicator>>;

static Ring ranksOf(const std::shared_ptr<ThreadGroup> &group, int32_t size,
                    double timeout) {
  Ring ring;
  ring.reserve(size);
  for (int32_t rank = 0; rank < size; ++rank)
    ring.push_back(
        std::make_unique<ThreadCommunicator>(rank, size, timeout, group));
  return ring;
}

Ring comm::createThreadRing(int32_t size, double timeout) {
  return ranksOf(std::make_shared<ThreadGroup>(size), size, timeout);
}

MaybeFailure comm::createDeviceThreadRing(int32_t size, const int32_t *devices,
                                          double timeout, Ring &ring) {
  auto group = std::make_shared<ThreadGroup>(size);
  if (MaybeFailure failure = group->openDevices(devices))
    return failure;
  ring = ranksOf(group, size, timeout);
  return std::nullopt;
}
