//===- NcclSteps.cpp - The steps of a ring of GPUs ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Backoff.h"
#include "runtime/comm/DeviceStream.h"
#include "runtime/comm/Faults.h"
#include "runtime/comm/nccl/Library.h"
#include "runtime/comm/nccl/NcclCommunicator.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::Success;

//===-- Beginning a step --------------------------------------------------===//

MaybeFailure NcclCommunicator::takeEvent(cuda::EventHandle &event) {
  if (!spareEvents.empty()) {
    event = spareEvents.back();
    spareEvents.pop_back();
    return std::nullopt;
  }
  Result result = gpu.api().eventCreate(&event, cuda::EventDisableTiming);
  if (result != Success)
    return gpu.failure(result, "create an event");
  return std::nullopt;
}

void NcclCommunicator::drop(std::list<StepInFlight>::iterator step) {
  for (cuda::EventHandle event : {step->isReady, step->begins, step->ends})
    if (event)
      spareEvents.push_back(event);
  finished.push_back(std::move(step->memory));
  steps.erase(step);
}

void NcclCommunicator::freeFinished(Lock &lock) {
  std::vector<std::shared_ptr<void>> memory;
  memory.swap(finished);
  lock.unlock();
  memory.clear();
  lock.lock();
}

/// Lets the ring's stream wait for the caller's.
MaybeFailure NcclCommunicator::order(StepInFlight &step, void *caller) {
  if (MaybeFailure failure = checkStream(*this, gpu, step.number, caller))
    return failure;
  for (cuda::EventHandle *event : {&step.isReady, &step.begins, &step.ends})
    if (MaybeFailure failure = takeEvent(*event))
      return failure;
  Result result =
      gpu.api().eventRecord(step.isReady, static_cast<StreamHandle>(caller));
  if (result == Success)
    result = gpu.api().streamWaitEvent(stream, step.isReady, 0);
  if (result == Success)
    result = gpu.api().eventRecord(step.begins, stream);
  if (result != Success)
    return gpu.failure(result, "order the ring's stream");
  return std::nullopt;
}

/// Waits while NCCL works on a call in the background: until then no other call
/// is allowed, and nothing may be put on the stream.
NcclResult NcclCommunicator::settle(Lock &lock, NcclResult result,
                                    Clock::time_point until) {
  for (Backoff backoff; handle && result == NcclInProgress && !isStopped() &&
                        Clock::now() < until;
       backoff.pause(lock))
    if (NcclResult asked = nccl.asyncError(handle, &result))
      return asked;
  return result;
}

MaybeFailure NcclCommunicator::runGroup(Lock &lock, const StepInFlight &step,
                                        const Operations &operations) {
  NcclResult result = nccl.groupStart();
  if (result == NcclSuccess) {
    result = operations();
    const NcclResult ended = nccl.groupEnd();
    if (result == NcclSuccess || result == NcclInProgress)
      result = ended;
  }
  result = settle(lock, result, deadline());
  if (!handle)
    return brokeOff(*this, step.number, step.peers, cause);
  if (result == NcclInProgress)
    return fail(isStopped() ? wasInterrupted(*this, step.number, step.peers)
                            : cameLate(*this, step.number, step.peers));
  if (result != NcclSuccess)
    return fail(brokeOff(*this, step.number, step.peers,
                         explain(nccl, handle, result)));
  return std::nullopt;
}

MaybeFailure NcclCommunicator::enqueue(Lock &lock, StepInFlight &step,
                                       void *caller,
                                       const Operations &operations) {
  if (MaybeFailure failure = order(step, caller))
    return failure;
  if (MaybeFailure failure = runGroup(lock, step, operations))
    return failure;
  // Else the caller's next kernel might take the whole device before NCCL's has
  // the blocks that it needs, and the transfer would follow the kernel.
  Result result = gpu.api().streamWaitEvent(static_cast<StreamHandle>(caller),
                                            step.begins, 0);
  if (result == Success)
    result = gpu.api().eventRecord(step.ends, stream);
  if (result != Success)
    return fail(gpu.failure(result, "order the end of a step"));
  return std::nullopt;
}

MaybeFailure NcclCommunicator::launch(Lock &lock, Step step,
                                      const Operations &operations) {
  if (!cause.empty())
    return notBegun(*this, step, cause);
  // In the list only once it is enqueued: the watchdog looks at what is there.
  std::list<StepInFlight> begun;
  begun.emplace_back(step.number, peersOf(step), std::move(step.memory));
  MaybeFailure failure = enqueue(lock, begun.front(), step.stream, operations);
  steps.splice(steps.end(), begun);
  if (failure && cause.empty()) // refused, and nothing was put on the stream
    drop(std::prev(steps.end()));
  changed.notify_all();
  return failure;
}

MaybeFailure NcclCommunicator::start(Step step) {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  Lock lock(mutex);
  freeFinished(lock);
  if (step.sends.empty() && step.receives.empty() && cause.empty()) {
    steps.emplace_back(step.number, std::vector<int32_t>(), nullptr);
    steps.back().isDone = true;
    return std::nullopt;
  }
  const std::vector<Transfer> sends = step.sends, receives = step.receives;
  return launch(lock, std::move(step), [&] {
    NcclResult result = NcclSuccess;
    auto goOn = [&] { return !result || result == NcclInProgress; };
    for (const Transfer &transfer : sends)
      if (goOn())
        result = nccl.send(transfer.data, transfer.bytes, NcclBytes,
                           transfer.peer, handle, stream);
    for (const Transfer &transfer : receives)
      if (goOn())
        result = nccl.receive(transfer.data, transfer.bytes, NcclBytes,
                              transfer.peer, handle, stream);
    return result;
  });
}

//===-- Waiting for steps -------------------------------------------------===//

MaybeFailure NcclCommunicator::finish(int64_t number, void *caller) {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  Lock lock(mutex);
  auto step = std::find_if(
      steps.begin(), steps.end(), [&](const StepInFlight &candidate) {
        return candidate.number == number && !candidate.wasWaitedFor;
      });
  if (!step->isDone && !cause.empty())
    return brokeOff(*this, number, step->peers, cause);
  step->wasWaitedFor = true;
  if (step->isDone) {
    drop(step);
    return std::nullopt;
  }
  Result result = gpu.api().streamWaitEvent(static_cast<StreamHandle>(caller),
                                            step->ends, 0);
  if (result != Success)
    return gpu.failure(result, "let a stream wait for the ring");
  return std::nullopt;
}

MaybeFailure NcclCommunicator::synchronize() {
  cuda::ScopedContext context(gpu);
  if (MaybeFailure failure = context.failure())
    return failure;
  Lock lock(mutex);
  for (Backoff backoff;; backoff.pause(lock)) {
    progress();
    freeFinished(lock);
    StepInFlight *step = oldest();
    if (step && !cause.empty())
      return brokeOff(*this, step->number, step->peers, cause);
    if (!step)
      return knownFault();
    if (isStopped())
      return fail(wasInterrupted(*this, step->number, step->peers));
  }
}
