//===- NcclExchange.cpp - Records of all ranks ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/nccl/NcclCommunicator.h"

#include <cstring>

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

/// By way of the GPUs: it is how ranks find each other's hosts.
MaybeFailure NcclCommunicator::gatherRecords(const void *mine, size_t bytes,
                                             void *all) {
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

Patience NcclCommunicator::patience() {
  return {*this, deadline(), [this]() -> MaybeFailure {
            Lock lock(mutex);
            if (cause.empty())
              return std::nullopt;
            return brokeOff(*this, kExchange, {}, cause);
          }};
}

MaybeFailure NcclCommunicator::openChannel() {
  if (size == 1)
    return std::nullopt;
  HostAddress own;
  // Where it fails the others learn of it, as they find no port.
  MaybeFailure failure = rank == 0 ? channel.listen(own) : std::nullopt;
  std::vector<HostAddress> all(size);
  MaybeFailure notGathered = gatherRecords(&own, sizeof(own), all.data());
  if (notGathered || failure)
    return notGathered ? notGathered : failure;
  return channel.join(patience(), all[0]);
}

MaybeFailure NcclCommunicator::exchange(const void *mine, size_t bytes,
                                        void *all) {
  if (size == 1 && bytes)
    std::memcpy(all, mine, bytes);
  if (size == 1)
    return std::nullopt;
  {
    Lock lock(mutex);
    if (!cause.empty()) {
      Step step;
      step.number = kExchange;
      return notBegun(*this, step, cause);
    }
  }
  MaybeFailure failure = channel.exchange(patience(), mine, bytes, all);
  if (!failure)
    return std::nullopt;
  channel.shutDown();
  Lock lock(mutex);
  cuda::ScopedContext context(gpu);
  return fail(std::move(*failure));
}
