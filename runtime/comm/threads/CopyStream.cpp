//===- CopyStream.cpp - Copies into a rank's device memory ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/CopyStream.h"
#include "runtime/comm/Backoff.h"
#include "runtime/comm/DeviceStream.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::StreamHandle;
using cuda::Success;

/// For copies whose ring has gone, at its end.
static constexpr auto kGrace = std::chrono::seconds(5);

//===-- Beginning and end -------------------------------------------------===//

MaybeFailure CopyStream::open() {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  return createTransferStream(gpu, stream);
}

void CopyStream::connect(const CopyStream &peer) {
  cuda::DeviceNumber own = 0, theirs = 0;
  int can = 0;
  const cuda::Api &api = gpu.api();
  if (&peer.gpu == &gpu || api.deviceGet(&own, gpu.ordinal) != Success ||
      api.deviceGet(&theirs, peer.gpu.ordinal) != Success ||
      api.canAccessPeer(&can, own, theirs) != Success || !can)
    return;
  cuda::ScopedContext context(gpu);
  // Where it fails, as it does where another has done it, copies work as well.
  if (context.isCurrent())
    (void)api.enablePeerAccess(peer.gpu.context, 0);
}

/// What copies may touch when their rank has gone.
static std::vector<std::shared_ptr<void>> &keptForever() {
  static auto *kept = new std::vector<std::shared_ptr<void>>();
  return *kept;
}

CopyStream::~CopyStream() {
  static std::mutex keeping;
  const Clock::time_point until = Clock::now() + kGrace;
  std::unique_lock<std::mutex> lock(keeping);
  for (Backoff backoff; !collect() && Clock::now() < until;)
    backoff.pause(lock);
  for (Retired &step : retired)
    keptForever().push_back(std::move(step.memory));
  cuda::ScopedContext context(gpu);
  if (stream)
    gpu.api().streamDestroy(stream);
}

//===-- Copies ------------------------------------------------------------===//

MaybeFailure CopyStream::begin(const Communicator &rank, int64_t number,
                               DeviceStep &step) {
  collect();
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (MaybeFailure failure = checkStream(rank, gpu, number, step.stream))
    return failure;
  return events->record(static_cast<StreamHandle>(step.stream), step.isReady);
}

MaybeFailure CopyStream::copy(const CopyStream &sender, const DeviceStep &sends,
                              const DeviceStep &receives,
                              const std::vector<Bytes> &bytes,
                              SharedEvent &end) {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  const cuda::Api &api = gpu.api();
  Result result = api.streamWaitEvent(stream, sends.isReady.get(), 0);
  if (result == Success)
    result = api.streamWaitEvent(stream, receives.isReady.get(), 0);
  for (const Bytes &each : bytes) {
    const auto from = reinterpret_cast<cuda::Address>(each.from);
    const auto to = reinterpret_cast<cuda::Address>(each.to);
    if (result == Success)
      result = &sender.gpu == &gpu
                   ? api.copyOnDevice(to, from, each.count, stream)
                   : api.copyToPeer(to, gpu.context, from, sender.gpu.context,
                                    each.count, stream);
  }
  if (result != Success)
    return gpu.failure(result,
                       sentence("copy from device ", sender.gpu.ordinal));
  return events->record(stream, end);
}

MaybeFailure CopyStream::await(const DeviceStep &step, void *caller) const {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  for (const SharedEvent &end : step.ends) {
    Result result = gpu.api().streamWaitEvent(static_cast<StreamHandle>(caller),
                                              end.get(), 0);
    if (result != Success)
      return gpu.failure(result, "let a stream wait for the ring");
  }
  return std::nullopt;
}

//===-- Steps that were waited for ----------------------------------------===//

void CopyStream::retire(DeviceStep step, std::shared_ptr<void> memory) {
  retired.push_back({std::move(step.ends), std::move(memory)});
}

bool CopyStream::isOver(const Retired &step) const {
  return std::all_of(
      step.ends.begin(), step.ends.end(),
      [&](const SharedEvent &end) { return comm::isOver(gpu.api(), end); });
}

bool CopyStream::collect() {
  cuda::ScopedContext context(gpu);
  cuda::OutsideCapture outside(gpu.api()); // whatever other threads capture
  retired.remove_if([&](const Retired &step) { return isOver(step); });
  return retired.empty();
}

MaybeFailure CopyStream::check() {
  cuda::ScopedContext context(gpu);
  cuda::OutsideCapture outside(gpu.api());
  Result result = gpu.api().streamSynchronize(stream);
  if (result != Success)
    return gpu.failure(result, "wait for the ring");
  return std::nullopt;
}
