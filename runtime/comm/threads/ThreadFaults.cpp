//===- ThreadFaults.cpp - How a ring of threads fails ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/threads/ThreadGroup.h"

#include <utility>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

MaybeFailure ThreadGroup::failAs(Lock &lock, const Communicator &rank,
                                 Failure failure) {
  setFault(failure.message);
  withdraw(lock, rank);
  return failure;
}

void ThreadGroup::setFault(std::string message) {
  if (hasFailed)
    return;
  hasFailed = true;
  cause = std::move(message);
  for (Channel &channel : channels) // no copy begins any more
    channel = {};
  for (Rank &rank : ranks)
    rank.changed.notify_all();
}

/// Waits for copies that others make from or to the rank's memory, and for what
/// they borrowed.
/// \pre None can begin: the ring has failed or the rank has left.
void ThreadGroup::awaitOthers(Lock &lock, Rank &self) {
  self.changed.wait(lock, [&] { return self.copies == 0 && self.lent == 0; });
}

/// Copies may still be under way on a GPU when the caller learns of a fault:
/// what it does with their memory then comes after them.
void ThreadGroup::awaitOnStreams(int32_t rank) {
  if (streams.empty())
    return;
  for (auto &[number, step] : ranks[rank].steps)
    if (!std::exchange(step.device.isAwaited, true))
      (void)streams[rank]->await(step.device, step.device.stream);
}

void ThreadGroup::forgetSteps(int32_t rank) {
  if (!streams.empty())
    for (auto &[number, step] : ranks[rank].steps)
      streams[rank]->retire(std::move(step.device), std::move(step.memory));
  ranks[rank].steps.clear();
}

/// After a fault, on the rank's own thread, which reads nothing meanwhile: it
/// gives back first, as others may wait for that while this rank waits for
/// them.
void ThreadGroup::withdraw(Lock &lock, const Communicator &rank) {
  giveBackAll(rank.rank);
  awaitOthers(lock, ranks[rank.rank]);
  awaitOnStreams(rank.rank);
  forgetSteps(rank.rank);
}

void ThreadGroup::fail(const Communicator &rank, std::string message) {
  Lock lock(mutex);
  setFault(std::move(message));
  // The rank's own thread may be in a call, and sees to its steps there.
  awaitOthers(lock, ranks[rank.rank]);
  awaitOnStreams(rank.rank);
}

void ThreadGroup::leave(const Communicator &rank) {
  Lock lock(mutex);
  for (int32_t peer = 0; peer < rank.size; ++peer) {
    channel(rank.rank, peer).sends.clear();
    channel(peer, rank.rank).receives.clear();
  }
  ranks[rank.rank].hasLeft = true;
  for (Rank &other : ranks)
    other.changed.notify_all();
  giveBackAll(rank.rank);
  awaitOthers(lock, ranks[rank.rank]);
  forgetSteps(rank.rank); // its streams may be gone, as its calls are over
}

MaybeFailure ThreadGroup::poll(const Communicator &rank) {
  Lock lock(mutex);
  if (!hasFailed)
    return std::nullopt;
  return ringError(rank.name(), " found that the ring had failed: ", cause);
}
