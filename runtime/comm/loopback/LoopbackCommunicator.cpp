//===- LoopbackCommunicator.cpp - A ring without other ranks --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/loopback/LoopbackCommunicator.h"
#include "runtime/comm/DeviceStream.h"
#include "runtime/cuda/Driver.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

MaybeFailure LoopbackCommunicator::copy(const Transfer &send,
                                        const Transfer &receive,
                                        void *stream) const {
  const size_t bytes = std::min(send.bytes, receive.bytes);
  if (!gpu) {
    std::memcpy(receive.data, send.data, bytes);
    return std::nullopt;
  }
  cuda::Result result =
      gpu->api().copyOnDevice(reinterpret_cast<cuda::Address>(receive.data),
                              reinterpret_cast<cuda::Address>(send.data), bytes,
                              static_cast<cuda::StreamHandle>(stream));
  if (result != cuda::Success)
    return gpu->failure(result, "fill what a step receives");
  return std::nullopt;
}

MaybeFailure LoopbackCommunicator::start(Step step) {
  if (MaybeFailure failure = poll())
    return failure;
  std::optional<cuda::ScopedContext> context;
  if (gpu) {
    context.emplace(*gpu);
    if (MaybeFailure failure = context->failure())
      return failure;
    if (MaybeFailure failure =
            checkStream(*this, *gpu, step.number, step.stream))
      return failure;
  }
  const size_t count = std::min(step.sends.size(), step.receives.size());
  for (size_t i = 0; i < count; ++i) {
    size_t &bytes = filled[step.receives[i].data];
    if (bytes >= step.receives[i].bytes)
      continue;
    bytes = step.receives[i].bytes;
    if (MaybeFailure failure =
            copy(step.sends[i], step.receives[i], step.stream))
      return failure;
  }
  return std::nullopt;
}

MaybeFailure LoopbackCommunicator::exchange(const void *mine, size_t bytes,
                                            void *all) {
  for (int32_t peer = 0; bytes && peer < size; ++peer)
    std::memcpy(static_cast<char *>(all) + bytes * peer, mine, bytes);
  return poll();
}

MaybeFailure LoopbackCommunicator::poll() {
  std::lock_guard<std::mutex> lock(mutex);
  if (cause.empty())
    return std::nullopt;
  return ringError(name(), " found that the ring had failed: ", cause);
}

void LoopbackCommunicator::abort(const std::string &reason) {
  std::lock_guard<std::mutex> lock(mutex);
  if (cause.empty())
    cause = gaveUp(reason);
}

MaybeFailure comm::createLoopback(int32_t size, int32_t rank, int32_t device,
                                  std::unique_ptr<Communicator> &ring) {
  cuda::Device *gpu = nullptr;
  if (device >= 0)
    if (MaybeFailure failure = cuda::findDevice(device, gpu))
      return failure;
  ring = std::make_unique<LoopbackCommunicator>(rank, size, gpu);
  return std::nullopt;
}
