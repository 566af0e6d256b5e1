//===- ThreadGroup.cpp - What the threads of a ring share -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/ThreadGroup.h"
#include "runtime/comm/Faults.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

/// Nothing wakes a rank whose caller has set its stop flag.
static constexpr auto kLookAtStop = std::chrono::milliseconds(20);

ThreadGroup::ThreadGroup(int32_t size)
    : ranks(size), channels(static_cast<size_t>(size) * size) {}

ThreadGroup::Channel &ThreadGroup::channel(int32_t from, int32_t to) {
  return channels[from * ranks.size() + to];
}

//===-- Transfers ---------------------------------------------------------===//

/// Pairs the transfer with the other side's half, or leaves it there to wait.
MaybeFailure ThreadGroup::meet(const Communicator &rank, StepInFlight &step,
                               const Transfer &transfer, bool receives,
                               std::vector<Copy> &copies) {
  Channel &between = receives ? channel(transfer.peer, rank.rank)
                              : channel(rank.rank, transfer.peer);
  std::deque<Half> &theirs = receives ? between.sends : between.receives;
  const Half mine = {transfer, &step};
  step.awaited.push_back(transfer.peer);
  if (theirs.empty()) {
    (receives ? between.receives : between.sends).push_back(mine);
    return std::nullopt;
  }
  // The other side names this rank as its peer.
  const Half other = theirs.front();
  if (other.step->number != step.number ||
      other.transfer.bytes != transfer.bytes)
    return differs(rank, step.number, transfer.bytes, transfer.peer,
                   other.step->number, other.transfer.bytes, receives);
  copies.push_back(receives ? Copy{other, mine} : Copy{mine, other});
  theirs.pop_front();
  return std::nullopt;
}

MaybeFailure ThreadGroup::start(const Communicator &rank, Step step) {
  Lock lock(mutex);
  if (hasFailed) {
    withdraw(lock, rank);
    return notBegun(rank, step, cause);
  }
  StepInFlight &record = ranks[rank.rank].steps[step.number];
  record = {step.number, {}, std::move(step.memory)};
  std::vector<Copy> copies;
  for (bool receives : {false, true})
    for (const Transfer &transfer : receives ? step.receives : step.sends)
      if (MaybeFailure failure = meet(rank, record, transfer, receives, copies))
        return failAs(lock, rank, std::move(*failure));
  for (const Copy &copy : copies)
    begin(copy);
  for (const Copy &copy : copies) {
    lock.unlock();
    std::memcpy(copy.receive.transfer.data, copy.send.transfer.data,
                copy.send.transfer.bytes);
    lock.lock();
    complete(copy);
  }
  return std::nullopt;
}

/// The ranks at the two ends of a copy.
void ThreadGroup::begin(const Copy &copy) {
  ++ranks[copy.receive.transfer.peer].copies;
  ++ranks[copy.send.transfer.peer].copies;
}

void ThreadGroup::complete(const Copy &copy) {
  for (const Half *half : {&copy.send, &copy.receive}) {
    const Half &other = half == &copy.send ? copy.receive : copy.send;
    std::vector<int32_t> &awaited = half->step->awaited;
    awaited.erase(
        std::find(awaited.begin(), awaited.end(), half->transfer.peer));
    Rank &rank = ranks[other.transfer.peer];
    --rank.copies;
    rank.changed.notify_all();
  }
}

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

MaybeFailure ThreadGroup::finish(const Communicator &rank, int64_t number,
                                 Clock::time_point deadline) {
  Lock lock(mutex);
  Rank &self = ranks[rank.rank];
  auto found = self.steps.find(number);
  if (found == self.steps.end()) // a fault made the rank forget it
    return brokeOff(rank, number, {}, cause);
  while (!found->second.awaited.empty()) {
    if (MaybeFailure failure = whyInVain(rank, found->second, deadline))
      return failAs(lock, rank, std::move(*failure));
    self.changed.wait_until(
        lock,
        rank.stop ? std::min(deadline, Clock::now() + kLookAtStop) : deadline);
  }
  self.steps.erase(found);
  return std::nullopt;
}

//===-- Faults ------------------------------------------------------------===//

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

/// Waits for copies that others make from or to the rank's memory.
/// \pre None can begin: the ring has failed or the rank has left.
void ThreadGroup::awaitCopies(Lock &lock, Rank &self) {
  self.changed.wait(lock, [&] { return self.copies == 0; });
}

/// The same, and forgets the rank's steps.
void ThreadGroup::withdraw(Lock &lock, const Communicator &rank) {
  Rank &self = ranks[rank.rank];
  awaitCopies(lock, self);
  self.steps.clear();
}

void ThreadGroup::fail(const Communicator &rank, std::string message) {
  Lock lock(mutex);
  setFault(std::move(message));
  // The rank's own thread may be in a call, and sees to its steps there.
  awaitCopies(lock, ranks[rank.rank]);
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
  withdraw(lock, rank);
}

MaybeFailure ThreadGroup::poll(const Communicator &rank) {
  Lock lock(mutex);
  if (!hasFailed)
    return std::nullopt;
  return ringError(rank.name(), " found that the ring had failed: ", cause);
}
