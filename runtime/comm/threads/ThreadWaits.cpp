//===- ThreadWaits.cpp - Ranks that wait for others -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Backoff.h"
#include "runtime/comm/Faults.h"
#include "runtime/comm/threads/ThreadGroup.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

/// Nothing wakes a rank whose caller has set its stop flag.
static constexpr auto kLookAtStop = std::chrono::milliseconds(20);

/// Why the rank need not wait for the step any longer, if so.
MaybeFailure ThreadGroup::whyInVain(const Communicator &rank,
                                    const StepInFlight &step,
                                    Clock::time_point deadline) const {
  if (hasFailed)
    return brokeOff(rank, step.number, step.awaited, cause);
  for (int32_t peer : step.awaited)
    if (ranks[peer].hasLeft)
      return hasLeft(rank, step.number, peer);
  if (rank.isStopped())
    return wasInterrupted(rank, step.number, step.awaited);
  if (Clock::now() >= deadline)
    return cameLate(rank, step.number, step.awaited);
  return std::nullopt;
}

/// Waits for a change, of which the rank hopes that it completes the step.
MaybeFailure ThreadGroup::pause(Lock &lock, const Communicator &rank,
                                const StepInFlight &step,
                                Clock::time_point deadline) {
  if (MaybeFailure failure = whyInVain(rank, step, deadline))
    return failAs(lock, rank, std::move(*failure));
  ranks[rank.rank].changed.wait_until(
      lock,
      rank.stop ? std::min(deadline, Clock::now() + kLookAtStop) : deadline);
  return std::nullopt;
}

MaybeFailure ThreadGroup::awaitPeers(Lock &lock, const Communicator &rank,
                                     const StepInFlight &step,
                                     Clock::time_point deadline) {
  while (!step.awaited.empty())
    if (MaybeFailure failure = pause(lock, rank, step, deadline))
      return failure;
  return std::nullopt;
}

MaybeFailure ThreadGroup::finish(const Communicator &rank, int64_t number,
                                 void *stream, Clock::time_point deadline) {
  Lock lock(mutex);
  Rank &self = ranks[rank.rank];
  auto found = self.steps.find(number);
  if (found == self.steps.end()) // a fault made the rank forget it
    return brokeOff(rank, number, {}, cause);
  if (MaybeFailure failure = awaitPeers(lock, rank, found->second, deadline))
    return failure;
  StepInFlight step = std::move(found->second);
  self.steps.erase(found);
  lock.unlock();
  if (!isOnDevice(number))
    return std::nullopt;
  CopyStream &own = *streams[rank.rank];
  MaybeFailure failure = own.await(step.device, stream);
  own.retire(std::move(step.device), std::move(step.memory));
  own.collect();
  return failure;
}

MaybeFailure ThreadGroup::synchronize(const Communicator &rank,
                                      Clock::time_point deadline) {
  Lock lock(mutex);
  if (streams.empty()) // finish() has seen to all else
    return awaitLoans(lock, rank, deadline);
  CopyStream &own = *streams[rank.rank];
  for (auto &[number, step] : ranks[rank.rank].steps) {
    if (MaybeFailure failure = awaitPeers(lock, rank, step, deadline))
      return failure;
    own.retire(step.device, step.memory);
  }
  Backoff backoff;
  for (;;) {
    lock.unlock(); // freeing may wait for the device
    const bool isDone = own.collect();
    lock.lock();
    if (isDone)
      break;
    if (rank.isStopped())
      return failAs(lock, rank,
                    {RDATTN_INTERRUPTED,
                     sentence(rank.name(), " was interrupted while it waited "
                                           "for its steps on the device")});
    backoff.pause(lock);
  }
  lock.unlock();
  if (MaybeFailure failure = own.check())
    return failure;
  return poll(rank);
}
