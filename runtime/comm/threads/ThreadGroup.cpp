//===- ThreadGroup.cpp - What the threads of a ring share -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/ThreadGroup.h"
#include "runtime/comm/Faults.h"
#include "runtime/cuda/Driver.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

ThreadGroup::ThreadGroup(int32_t size)
    : ranks(size), channels(static_cast<size_t>(size) * size) {}

ThreadGroup::Channel &ThreadGroup::channel(int32_t from, int32_t to) {
  return channels[from * ranks.size() + to];
}

MaybeFailure ThreadGroup::openDevices(const int32_t *devices) {
  for (size_t rank = 0; rank < ranks.size(); ++rank) {
    cuda::Device *gpu = nullptr;
    if (MaybeFailure failure = cuda::findDevice(devices[rank], gpu))
      return failure;
    auto stream = std::make_unique<CopyStream>(*gpu);
    if (MaybeFailure failure = stream->open())
      return failure;
    streams.push_back(std::move(stream));
  }
  for (auto &stream : streams)
    for (auto &peer : streams)
      stream->connect(*peer);
  return std::nullopt;
}

void ThreadGroup::add(std::vector<Copy> &copies, int32_t from, const Half &send,
                      int32_t to, const Half &receive) {
  auto found =
      std::find_if(copies.begin(), copies.end(), [&](const Copy &copy) {
        return copy.send == send.step && copy.receive == receive.step;
      });
  if (found == copies.end())
    found = copies.insert(found, {from, to, send.step, receive.step, {}, {}});
  found->bytes.push_back(
      {send.transfer.data, receive.transfer.data, send.transfer.bytes});
  found->writers.push_back(send.transfer.write);
}

void ThreadGroup::pair(std::vector<Copy> &copies, int32_t from,
                       const Half &send, int32_t to, const Half &receive) {
  if (send.transfer.mayBeLent && receive.transfer.lent && streams.empty())
    lend(from, send, to, receive);
  else
    add(copies, from, send, to, receive);
}

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
  if (receives)
    pair(copies, transfer.peer, other, rank.rank, mine);
  else
    pair(copies, rank.rank, mine, transfer.peer, other);
  theirs.pop_front();
  return std::nullopt;
}

MaybeFailure ThreadGroup::start(const Communicator &rank, Step step) {
  const bool movesNone = step.sends.empty() && step.receives.empty();
  DeviceStep device = {step.stream, nullptr, {}, false};
  if (isOnDevice(step.number) && !movesNone)
    if (MaybeFailure failure =
            streams[rank.rank]->begin(rank, step.number, device))
      return failure;
  Lock lock(mutex);
  if (hasFailed) {
    withdraw(lock, rank);
    return notBegun(rank, step, cause);
  }
  StepInFlight &record = ranks[rank.rank].steps[step.number];
  record = {step.number, {}, std::move(step.memory), std::move(device)};
  std::vector<Copy> copies;
  for (bool receives : {false, true})
    for (const Transfer &transfer : receives ? step.receives : step.sends)
      if (MaybeFailure failure = meet(rank, record, transfer, receives, copies))
        return failAs(lock, rank, std::move(*failure));
  if (MaybeFailure failure = run(lock, copies))
    return failAs(
        lock, rank,
        brokeOff(rank, record.number, record.awaited, failure->message));
  return std::nullopt;
}

/// Makes copies, without the lock meanwhile.
MaybeFailure ThreadGroup::run(Lock &lock, const std::vector<Copy> &copies) {
  for (const Copy &copy : copies)
    count(copy, 1);
  MaybeFailure failure;
  for (const Copy &copy : copies) {
    SharedEvent end;
    if (!failure) {
      lock.unlock();
      failure = move(copy, end);
      lock.lock();
    }
    if (!failure)
      arrive(copy, end);
    else
      setFault(failure->message);
    count(copy, -1);
  }
  return failure;
}

MaybeFailure ThreadGroup::move(const Copy &copy, SharedEvent &end) {
  if (isOnDevice(copy.send->number))
    return streams[copy.to]->copy(*streams[copy.from], copy.send->device,
                                  copy.receive->device, copy.bytes, end);
  for (size_t i = 0; i < copy.bytes.size(); ++i) {
    const CopyStream::Bytes &each = copy.bytes[i];
    if (copy.writers[i])
      copy.writers[i](static_cast<char *>(each.to));
    else
      std::memcpy(each.to, each.from, each.count);
  }
  return std::nullopt;
}

void ThreadGroup::forget(std::vector<int32_t> &awaited, int32_t peer) {
  awaited.erase(std::find(awaited.begin(), awaited.end(), peer));
}

/// What the copy moves is there, or on its way with the event.
void ThreadGroup::arrive(const Copy &copy, const SharedEvent &end) {
  for (StepInFlight *step : {copy.send, copy.receive}) {
    const int32_t peer = step == copy.send ? copy.to : copy.from;
    for (size_t i = 0; i < copy.bytes.size(); ++i)
      forget(step->awaited, peer);
    if (end)
      step->device.ends.push_back(end);
  }
}

/// Of the copies under way, at both ends.
void ThreadGroup::count(const Copy &copy, int change) {
  for (int32_t end : {copy.from, copy.to}) {
    ranks[end].copies += change;
    if (change < 0)
      ranks[end].changed.notify_all();
  }
}
