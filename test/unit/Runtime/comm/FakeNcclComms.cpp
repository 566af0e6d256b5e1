//===- FakeNcclComms.cpp - Communicators of fake NCCL ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeNcclEntry.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::test;

namespace {
struct Id {
  char bytes[128];
};
struct Config {
  size_t size;
  unsigned magic, version;
  int blocking, untouched[3];
  const char *netName;
};
} // namespace

ENTRY(ncclGetVersion, int *version) {
  NcclEntry entry("ncclGetVersion");
  *version = entry.nccl.version;
  return entry.result;
}

ENTRY(ncclGetUniqueId, Id *id) {
  static int next = 1;
  NcclEntry entry("ncclGetUniqueId");
  std::memset(id, 0x5a, sizeof(*id));
  std::memcpy(id, &next, sizeof(next));
  ++next;
  return entry.result;
}

extern "C" RDATTN_EXPORT const char *ncclGetErrorString(int result) {
  return result == 6 ? "remote error" : "another error";
}

extern "C" RDATTN_EXPORT const char *ncclGetLastError(FakeComm *) {
  return "as the test wants it";
}

ENTRY(ncclCommInitRankConfig, FakeComm **comm, int size, Id id, int rank,
      Config *config) {
  NcclEntry entry("ncclCommInitRankConfig");
  entry.expect(config->size >= sizeof(Config) && config->magic == 0xcafebeef &&
                   config->version >= 21400,
               "without a configuration");
  entry.expect(config->blocking == 0, "with a blocking configuration");
  for (int value : config->untouched)
    entry.expect(value == INT32_MIN, "with a value that is not left to NCCL");
  entry.expect(FakeDriver::current() != nullptr, "without a context");
  if (entry.result)
    return entry.result;
  int key = 0;
  std::memcpy(&key, &id, sizeof(key));
  FakeRing &ring = entry.nccl.rings[key];
  ring.size = size;
  ++ring.joined;
  *comm = new FakeComm();
  (*comm)->ring = &ring;
  (*comm)->rank = rank;
  (*comm)->context = FakeDriver::current();
  entry.nccl.live.insert(*comm);
  entry.nccl.log(rank, "initialize");
  return InProgress;
}

bool rdattn::test::isBusy(FakeComm &comm) {
  if (comm.ring->joined < comm.ring->size)
    return true;
  if (comm.busyPolls > 0)
    return true;
  return fakeNccl().connectsLazily &&
         !std::all_of(comm.connecting.begin(), comm.connecting.end(),
                      [](const FakeWork &work) { return work->load(); });
}

ENTRY(ncclCommGetAsyncError, FakeComm *comm, int *result) {
  NcclEntry entry("ncclCommGetAsyncError", comm);
  if (entry.result)
    return entry.result;
  const bool busy = isBusy(*comm);
  --comm->busyPolls;
  auto error = entry.nccl.asyncErrors.find(comm->rank);
  *result = error != entry.nccl.asyncErrors.end() ? error->second
            : busy                                ? InProgress
                                                  : 0;
  return 0;
}

ENTRY(ncclCommFinalize, FakeComm *comm) {
  NcclEntry entry("ncclCommFinalize", comm);
  if (entry.atRest(comm).result)
    return entry.result;
  entry.nccl.log(comm->rank, "finalize");
  comm->isFinalized = true;
  comm->busyPolls = entry.nccl.busyPolls;
  return InProgress;
}

ENTRY(ncclCommDestroy, FakeComm *comm) {
  NcclEntry entry("ncclCommDestroy", comm);
  if (entry.atRest(comm).result)
    return entry.result;
  entry.expect(comm->isFinalized, "before it is finalized");
  entry.nccl.log(comm->rank, "destroy");
  entry.nccl.live.erase(comm);
  delete comm;
  return entry.result;
}

ENTRY(ncclCommAbort, FakeComm *comm) {
  NcclEntry entry("ncclCommAbort", comm);
  if (entry.result)
    return entry.result;
  entry.nccl.log(comm->rank, "abort");
  entry.nccl.drop(*comm);
  entry.nccl.live.erase(comm);
  delete comm;
  return 0;
}
