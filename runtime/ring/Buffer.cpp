//===- Buffer.cpp - Memory that a ring keeps ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Buffer.h"
#include "runtime/Scratch.h"
#include "runtime/cuda/Device.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;

static MaybeFailure allocateOnHost(int64_t bytes, const char *what,
                                   std::shared_ptr<char> &memory) {
  memory.reset(static_cast<char *>(allocateAligned(bytes)), freeAligned);
  if (memory)
    return std::nullopt;
  return Failure{
      RDATTN_OUT_OF_MEMORY,
      sentence("there are no ", bytes, " bytes of memory left for ", what)};
}

/// What is freed waits until nothing uses it: the device sees to that.
static MaybeFailure allocateOn(cuda::Device &device, int64_t bytes,
                               const char *what,
                               std::shared_ptr<char> &memory) {
  cuda::ResourcePointer resource;
  if (MaybeFailure failure = device.allocate(
          static_cast<size_t>(std::max<int64_t>(1, bytes)), what, resource))
    return failure;
  const std::shared_ptr<cuda::Resource> owner(std::move(resource));
  memory = {owner, reinterpret_cast<char *>(owner->memory)};
  return std::nullopt;
}

MaybeFailure Buffer::reserve(cuda::Device *device, int64_t bytes,
                             const char *what) {
  if (memory && bytes <= capacity)
    return std::nullopt;
  // Nothing in it is wanted any more, so free first: the peak is lower.
  memory.reset();
  capacity = 0;
  if (MaybeFailure failure = device ? allocateOn(*device, bytes, what, memory)
                                    : allocateOnHost(bytes, what, memory))
    return failure;
  capacity = bytes;
  return std::nullopt;
}
