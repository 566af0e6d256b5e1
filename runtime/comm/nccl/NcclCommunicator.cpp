//===- NcclCommunicator.cpp - A ring of GPUs ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/nccl/NcclCommunicator.h"
#include "runtime/comm/Backoff.h"
#include "runtime/comm/DeviceStream.h"
#include "runtime/comm/Faults.h"
#include "runtime/comm/nccl/Library.h"
#include "runtime/cuda/Driver.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::Success;

/// For what needs no other rank and should take no time.
static constexpr auto kGrace = std::chrono::seconds(5);

//===-- Beginning ---------------------------------------------------------===//

MaybeFailure NcclCommunicator::join(const NcclId &id) {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (MaybeFailure failure = createTransferStream(gpu, stream))
    return failure;
  Lock lock(mutex);
  NcclConfig config;
  NcclResult result = nccl.initialize(&handle, size, id, rank, &config);
  result = settle(lock, result, deadline());
  if (result == NcclInProgress)
    return fail(ringError(name(), " waited ", seconds(timeout),
                          " for the other ranks to create the ring, and not "
                          "all came"));
  if (result != NcclSuccess)
    return fail(ringError(
        name(), " could not join the ring: ", explain(nccl, handle, result)));
  watchdog = std::thread([this] { watch(); });
  lock.unlock();
  return openChannel();
}

MaybeFailure comm::createNcclRing(const char *library, const NcclId &id,
                                  int32_t size, int32_t rank, int32_t device,
                                  double timeout,
                                  std::unique_ptr<Communicator> &ring) {
  NcclApi api;
  if (MaybeFailure failure = openNccl(library, api))
    return failure;
  cuda::Device *gpu = nullptr;
  if (MaybeFailure failure = cuda::findDevice(device, gpu))
    return failure;
  auto joined =
      std::make_unique<NcclCommunicator>(rank, size, timeout, api, *gpu);
  if (MaybeFailure failure = joined->join(id))
    return failure;
  ring = std::move(joined);
  return std::nullopt;
}

//===-- The end -----------------------------------------------------------===//

void NcclCommunicator::finalize(Lock &lock) {
  NcclResult result = nccl.finalize(handle);
  result = settle(lock, result, Clock::now() + kGrace);
  if (result == NcclSuccess)
    nccl.destroy(std::exchange(handle, nullptr));
}

/// Frees the events and the stream. Memory that a step touches even now, as the
/// stream's own earlier work never ends, stays.
void NcclCommunicator::release(Lock &lock) {
  static auto *kept = new std::vector<std::shared_ptr<void>>();
  static std::mutex keeping;
  const Clock::time_point until = Clock::now() + kGrace;
  for (StepInFlight &step : steps) {
    Result result = Success;
    for (Backoff backoff;
         step.ends &&
         (result = gpu.api().eventQuery(step.ends)) == cuda::NotReady &&
         Clock::now() < until;
         backoff.pause(lock))
      ;
    if (result == cuda::NotReady) {
      std::lock_guard<std::mutex> guard(keeping);
      kept->push_back(std::move(step.memory));
    }
  }
  while (!steps.empty())
    drop(steps.begin());
  for (cuda::EventHandle event : spareEvents)
    gpu.api().eventDestroy(event);
  if (stream)
    gpu.api().streamDestroy(stream);
}

NcclCommunicator::~NcclCommunicator() {
  if (watchdog.joinable()) {
    synchronize(); // or learns of a fault within the timeout
    {
      Lock lock(mutex);
      isClosing = true;
    }
    changed.notify_all();
    watchdog.join();
  }
  cuda::ScopedContext context(gpu);
  Lock lock(mutex);
  if (cause.empty() && handle)
    finalize(lock);
  abortNccl();
  release(lock);
}
