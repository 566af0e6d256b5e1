//===- FakeNccl.cpp - NCCL without GPUs -----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeNccl.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::test;
using Lock = std::lock_guard<std::recursive_mutex>;

FakeNccl &rdattn::test::fakeNccl() {
  static auto *nccl = new FakeNccl();
  return *nccl;
}

void FakeNccl::reset() {
  Lock lock(mutex);
  version = 22809;
  failures.clear();
  asyncErrors.clear();
  busyPolls = 0;
  connectsLazily = false;
  logs.clear();
  misuse.clear();
  live.clear();
  rings.clear();
}

void FakeNccl::log(int rank, const std::string &entry) {
  Lock lock(mutex);
  logs[rank].push_back(entry);
}

std::vector<std::string> FakeNccl::logOf(int rank) const {
  Lock lock(mutex);
  auto found = logs.find(rank);
  return found == logs.end() ? std::vector<std::string>() : found->second;
}

static void move(const FakeOperation &send, const FakeOperation &receive) {
  std::memcpy(receive.data, send.mine, std::min(send.count, receive.count));
  *send.work = *receive.work = true;
}

static void gather(std::vector<FakeOperation> &parts) {
  for (const FakeOperation &to : parts)
    for (const FakeOperation &from : parts)
      if (from.mine != static_cast<char *>(to.data) + from.rank * from.count)
        std::memcpy(static_cast<char *>(to.data) + from.rank * from.count,
                    from.mine, from.count);
  for (const FakeOperation &part : parts)
    *part.work = true;
}

void FakeNccl::add(FakeComm &comm, char kind, FakeOperation operation,
                   int peer) {
  FakeRing &ring = *comm.ring;
  operation.rank = comm.rank;
  comm.connecting.push_back(operation.work);
  if (kind == 'g') {
    for (std::vector<FakeOperation> &parts : ring.gatherings) {
      if (std::any_of(parts.begin(), parts.end(),
                      [&](const auto &part) { return part.rank == comm.rank; }))
        continue;
      parts.push_back(operation);
      if (static_cast<int>(parts.size()) == ring.size)
        gather(parts);
      return;
    }
    ring.gatherings.push_back({operation});
    if (ring.size == 1)
      gather(ring.gatherings.back());
    return;
  }
  const bool sends = kind == 's';
  const auto between =
      sends ? std::make_pair(comm.rank, peer) : std::make_pair(peer, comm.rank);
  std::deque<FakeOperation> &theirs =
      (sends ? ring.receives : ring.sends)[between];
  if (theirs.empty()) {
    (sends ? ring.sends : ring.receives)[between].push_back(operation);
    return;
  }
  sends ? move(operation, theirs.front()) : move(theirs.front(), operation);
  theirs.pop_front();
}

void FakeNccl::drop(FakeComm &comm) {
  for (auto *side : {&comm.ring->sends, &comm.ring->receives})
    for (auto &[between, waiting] : *side)
      for (size_t i = 0; i < waiting.size();) {
        if (waiting[i].rank != comm.rank) {
          ++i;
          continue;
        }
        *waiting[i].work = true;
        waiting.erase(waiting.begin() + i);
      }
  for (std::vector<FakeOperation> &parts : comm.ring->gatherings)
    for (FakeOperation &part : parts)
      if (part.rank == comm.rank)
        *part.work = true;
}
