//===- CreateMpiRing.cpp - Joining a ring of MPI processes ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Backoff.h"
#include "runtime/comm/Faults.h"
#include "runtime/comm/mpi/Library.h"
#include "runtime/comm/mpi/MpiCommunicator.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

/// A copy keeps the ring's messages apart from the caller's.
static MaybeFailure copyCommunicator(const MpiFunctions &mpi, const void *comm,
                                     double timeout, const std::string &name,
                                     void *&copy) {
  const std::string what = name + " cannot copy the MPI communicator";
  void *request = nullptr;
  if (int code = mpi.duplicate(comm, &copy, &request))
    return describe(mpi, code, what);
  const auto until = Clock::now() + std::chrono::duration<double>(timeout);
  std::mutex mutex;
  std::unique_lock<std::mutex> lock(mutex);
  for (Backoff backoff;; backoff.pause(lock)) {
    int isDone = 0;
    size_t bytes = 0;
    if (int code = mpi.test(request, &isDone, &bytes))
      return describe(mpi, code, what);
    if (isDone)
      break;
    if (Clock::now() >= until)
      return ringError(name, " waited ", seconds(timeout),
                       " for the other ranks to create the ring, and not all "
                       "came");
  }
  if (int code = mpi.returnErrors(copy))
    return describe(mpi, code, what);
  return std::nullopt;
}

MaybeFailure comm::createMpiRing(const char *library, const void *comm,
                                 double timeout,
                                 std::unique_ptr<Communicator> &ring) {
  const MpiFunctions *mpi = nullptr;
  if (MaybeFailure failure = openMpiPlugin(library, mpi))
    return failure;
  if (mpi->isFinalized())
    return invalid("a ring of MPI processes must be created before "
                   "MPI_Finalize is called");
  int anyThread = 0, rank = 0, size = 0;
  if (int code = mpi->initialize(&anyThread))
    return describe(*mpi, code, "MPI cannot be initialised");
  if (int code = mpi->identify(comm, &rank, &size))
    return describe(*mpi, code, "the MPI communicator tells no rank");
  void *copy = nullptr;
  if (MaybeFailure failure = copyCommunicator(
          *mpi, comm, timeout, sentence("rank ", rank, " of ", size), copy))
    return failure;
  ring = std::make_unique<MpiCommunicator>(rank, size, timeout, *mpi,
                                           anyThread != 0, copy);
  return std::nullopt;
}
