//===- NcclCommunicator.cpp - A ring of GPUs ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/nccl/Library.h"
#include "runtime/comm/nccl/NcclCommunicator.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::Success;

static constexpr auto kWatchInterval = std::chrono::milliseconds(2);

//===-- Watching ----------------------------------------------------------===//

NcclCommunicator::StepInFlight *NcclCommunicator::oldest() {
  for (StepInFlight &step : steps)
    if (!step.isDone)
      return &step;
  return nullptr;
}

/// Whether the step is done, or late.
MaybeFailure NcclCommunicator::inspect(StepInFlight &step) {
  const Result ended = gpu.api().eventQuery(step.ends);
  step.isDone = ended == Success;
  if (step.isDone)
    return std::nullopt;
  if (ended != cuda::NotReady)
    return brokeOff(*this, step.number, step.peers,
                    gpu.failure(ended, "wait for the ring").message);
  if (!step.since && gpu.api().eventQuery(step.isReady) == Success)
    step.since = Clock::now();
  if (step.since &&
      std::chrono::duration<double>(Clock::now() - *step.since).count() >=
          timeout)
    return cameLate(*this, step.number, step.peers);
  return std::nullopt;
}

/// Looks at what is in flight. After a fault nothing is ever done: an aborted
/// step looks as if it were.
void NcclCommunicator::progress() {
  StepInFlight *step = nullptr;
  while (cause.empty() && (step = oldest())) {
    if (MaybeFailure failure = inspect(*step))
      fail(std::move(*failure));
    if (!step->isDone)
      break;
    finished.push_back(std::move(step->memory));
  }
  NcclResult result = NcclSuccess;
  if (step && cause.empty() && nccl.asyncError(handle, &result))
    result = NcclSuccess; // NCCL cannot tell
  if (result != NcclSuccess && result != NcclInProgress)
    fail(brokeOff(*this, step->number, step->peers,
                  explain(nccl, handle, result)));
  for (auto next = steps.begin(); next != steps.end();) {
    auto candidate = next++;
    if (candidate->isDone && candidate->wasWaitedFor)
      drop(candidate);
  }
}

void NcclCommunicator::watch() {
  cuda::ScopedContext context(gpu);
  cuda::OutsideCapture outside(gpu.api()); // whatever other threads capture
  Lock lock(mutex);
  while (!isClosing) {
    if (!cause.empty() || !oldest()) {
      changed.wait(lock);
      continue;
    }
    changed.wait_for(lock, kWatchInterval);
    if (!isClosing)
      progress();
  }
}

//===-- Faults ------------------------------------------------------------===//

MaybeFailure NcclCommunicator::knownFault() const {
  if (cause.empty())
    return std::nullopt;
  return ringError(name(), " found that the ring had failed: ", cause);
}

MaybeFailure NcclCommunicator::poll() {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  Lock lock(mutex);
  progress();
  freeFinished(lock);
  return knownFault();
}

Failure NcclCommunicator::fail(Failure failure) {
  if (cause.empty())
    cause = failure.message;
  abortNccl();
  return failure;
}

void NcclCommunicator::abortNccl() {
  if (handle)
    nccl.abort(std::exchange(handle, nullptr));
}

void NcclCommunicator::abort(const std::string &reason) {
  cuda::ScopedContext context(gpu);
  Lock lock(mutex);
  if (!cause.empty())
    return;
  cause = gaveUp(reason);
  abortNccl();
  channel.shutDown();
}
