//===- NcclExchange.cpp - Records of all ranks, by way of GPUs ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/nccl/NcclCommunicator.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::Success;

MaybeFailure NcclCommunicator::gather(const void *mine, size_t bytes,
                                      std::shared_ptr<cuda::Resource> records) {
  const cuda::Address all = records->memory, own = all + bytes * rank;
  Step step;
  step.number = kExchange;
  step.memory = std::move(records);
  step.stream = stream;
  for (int32_t peer = 0; peer < size; ++peer)
    if (peer != rank)
      step.receives.push_back({peer, nullptr, bytes}); // who is waited for
  Lock lock(mutex);
  Result result = gpu.api().copyToDevice(own, mine, bytes, stream);
  if (result != Success)
    return gpu.failure(result, "copy a plan");
  if (MaybeFailure failure = launch(lock, std::move(step), [&] {
        return nccl.allGather(reinterpret_cast<const void *>(own),
                              reinterpret_cast<void *>(all), bytes, NcclBytes,
                              handle, stream);
      }))
    return failure;
  steps.back().wasWaitedFor = true; // by what follows
  return std::nullopt;
}

MaybeFailure NcclCommunicator::exchange(const void *mine, size_t bytes,
                                        void *all) {
  if (bytes == 0)
    return std::nullopt;
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  cuda::ResourcePointer allocated;
  if (MaybeFailure failure =
          gpu.allocate(bytes * size, "the exchange of plans", allocated))
    return failure;
  const std::shared_ptr<cuda::Resource> records(std::move(allocated));
  if (MaybeFailure failure = gather(mine, bytes, records))
    return failure;
  if (MaybeFailure failure = synchronize())
    return failure;
  Result result = gpu.api().copy(reinterpret_cast<cuda::Address>(all),
                                 records->memory, bytes * size);
  if (result != Success)
    return gpu.failure(result, "copy the plans");
  return std::nullopt;
}
