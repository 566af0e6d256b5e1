//===- FakeNcclGroups.cpp - Groups of fake NCCL ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeNcclEntry.h"

using namespace rdattn::test;

FakeGroup &rdattn::test::fakeGroup() {
  static thread_local FakeGroup group;
  return group;
}

ENTRY(ncclGroupStart) {
  NcclEntry entry("ncclGroupStart");
  fakeGroup() = {true, {}};
  return entry.result;
}

static int enter(NcclEntry &entry, FakeGroup::Part part, int type,
                 const std::string &text) {
  entry.expect(type == 1, "with elements that are not bytes");
  entry.expect(fakeGroup().isOpen, "outside a group");
  if (entry.result)
    return entry.result;
  entry.nccl.log(part.comm->rank, text);
  part.operation.work = std::make_shared<std::atomic<bool>>(false);
  fakeGroup().parts.push_back(std::move(part));
  return 0;
}

ENTRY(ncclSend, const void *data, size_t count, int type, int peer,
      FakeComm *comm, FakeStream *stream) {
  NcclEntry entry("ncclSend", comm);
  return enter(entry.atRest(comm),
               {comm, 's', {nullptr, data, count}, peer, stream}, type,
               "send " + std::to_string(count) + " to " + std::to_string(peer));
}

ENTRY(ncclRecv, void *data, size_t count, int type, int peer, FakeComm *comm,
      FakeStream *stream) {
  NcclEntry entry("ncclRecv", comm);
  return enter(entry.atRest(comm),
               {comm, 'r', {data, nullptr, count}, peer, stream}, type,
               "receive " + std::to_string(count) + " from " +
                   std::to_string(peer));
}

#ifndef INCOMPLETE
ENTRY(ncclAllGather, const void *mine, void *all, size_t count, int type,
      FakeComm *comm, FakeStream *stream) {
  NcclEntry entry("ncclAllGather", comm);
  return enter(entry.atRest(comm), {comm, 'g', {all, mine, count}, 0, stream},
               type, "gather " + std::to_string(count));
}
#endif

ENTRY(ncclGroupEnd) {
  NcclEntry entry("ncclGroupEnd");
  std::vector<FakeGroup::Part> parts = std::move(fakeGroup().parts);
  fakeGroup() = {};
  if (entry.result || parts.empty())
    return entry.result;
  FakeComm &comm = *parts.front().comm;
  comm.connecting.clear();
  comm.busyPolls = entry.nccl.busyPolls;
  entry.nccl.log(comm.rank, "group");
  for (FakeGroup::Part &part : parts) {
    part.stream->work.push_back(part.operation.work);
    entry.nccl.add(comm, part.kind, part.operation, part.peer);
  }
  return InProgress;
}
