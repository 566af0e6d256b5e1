//===- EntryPoints.cpp - The C ABI of rings -------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/Ring.h"
#include "runtime/comm/loopback/LoopbackCommunicator.h"
#include "runtime/comm/mpi/Library.h"
#include "runtime/comm/mpi/MpiCommunicator.h"
#include "runtime/comm/nccl/Library.h"
#include "runtime/comm/nccl/NcclCommunicator.h"
#include "runtime/comm/threads/ThreadCommunicator.h"
#include "runtime/cuda/Driver.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

/// So that a deadline fits a clock of nanoseconds.
static constexpr double kLongestTimeout = 1e9;

static MaybeFailure checkTimeout(double timeout) {
  if (timeout > 0 && timeout <= kLongestTimeout)
    return std::nullopt;
  return invalid("timeout_seconds is ", seconds(timeout),
                 ", but must be above 0 and at most 1e9");
}

/// More threads than this serve nobody: their number of pairs is its square.
static constexpr int32_t kMostThreads = 1024;

static MaybeFailure checkThreads(int32_t size) {
  if (size >= 1 && size <= kMostThreads)
    return std::nullopt;
  return invalid("size is ", size, ", but a ring of threads has from 1 to ",
                 kMostThreads, " ranks");
}

/// Gives the caller the handles of the ring that `create` makes.
template <typename Create>
static rdattn_status createThreads(int32_t size, double timeout,
                                   rdattn_ring **rings, Create create) {
  return guarded([&]() -> MaybeFailure {
    if (MaybeFailure failure = checkThreads(size))
      return failure;
    if (MaybeFailure failure = checkTimeout(timeout))
      return failure;
    if (!rings)
      return invalid("rings is NULL, but must point to where ", size,
                     " handles go");
    std::vector<std::unique_ptr<Communicator>> communicators;
    if (MaybeFailure failure = create(communicators))
      return failure;
    std::vector<std::unique_ptr<rdattn_ring>> handles;
    handles.reserve(communicators.size());
    for (auto &communicator : communicators)
      handles.push_back(
          std::make_unique<rdattn_ring>(rdattn_ring{std::move(communicator)}));
    for (auto &handle : handles)
      *rings++ = handle.release();
    return std::nullopt;
  });
}

using Communicators = std::vector<std::unique_ptr<Communicator>>;

extern "C" rdattn_status rdattn_ring_threads_create(int32_t size,
                                                    double timeoutSeconds,
                                                    rdattn_ring **rings) {
  return createThreads(size, timeoutSeconds, rings,
                       [&](Communicators &ring) -> MaybeFailure {
                         ring = createThreadRing(size, timeoutSeconds);
                         return std::nullopt;
                       });
}

extern "C" rdattn_status rdattn_ring_threads_create_on(int32_t size,
                                                       const int32_t *devices,
                                                       double timeoutSeconds,
                                                       rdattn_ring **rings) {
  return createThreads(
      size, timeoutSeconds, rings, [&](Communicators &ring) -> MaybeFailure {
        if (!devices)
          return invalid("devices is NULL, but must name the CUDA device of "
                         "each of ",
                         size, " ranks");
        return createDeviceThreadRing(size, devices, timeoutSeconds, ring);
      });
}

/// Gives the caller the handle of the ring that `create` makes.
template <typename Create>
static rdattn_status createRing(double timeout, rdattn_ring **ring,
                                Create create) {
  return guarded([&]() -> MaybeFailure {
    if (MaybeFailure failure = checkTimeout(timeout))
      return failure;
    if (!ring)
      return invalid("ring is NULL, but must point to where the handle goes");
    auto handle = std::make_unique<rdattn_ring>();
    if (MaybeFailure failure = create(handle->communicator))
      return failure;
    *ring = handle.release();
    return std::nullopt;
  });
}

extern "C" rdattn_status rdattn_ring_mpi_create(const void *comm,
                                                double timeoutSeconds,
                                                rdattn_ring **ring) {
  return createRing(
      timeoutSeconds, ring, [&](std::unique_ptr<Communicator> &communicator) {
        return createMpiRing(kMpiPlugin, comm, timeoutSeconds, communicator);
      });
}

static_assert(sizeof(NcclId) == RDATTN_NCCL_ID_BYTES);

extern "C" rdattn_status rdattn_ring_nccl_unique_id(unsigned char *id) {
  return guarded([&]() -> MaybeFailure {
    if (!id)
      return invalid("id is NULL, but must point to where the id goes");
    NcclId made;
    if (MaybeFailure failure = createNcclId(kNcclLibrary, made))
      return failure;
    std::memcpy(id, &made, sizeof(made));
    return std::nullopt;
  });
}

static MaybeFailure checkRank(int32_t size, int32_t rank) {
  if (size < 1)
    return invalid("size is ", size, ", but a ring has at least 1 rank");
  if (rank < 0 || rank >= size)
    return invalid("rank is ", rank, ", but must be from 0 to ", size - 1);
  return std::nullopt;
}

extern "C" rdattn_status rdattn_ring_nccl_create(const unsigned char *id,
                                                 int32_t size, int32_t rank,
                                                 int32_t device,
                                                 double timeoutSeconds,
                                                 rdattn_ring **ring) {
  return createRing(
      timeoutSeconds, ring,
      [&](std::unique_ptr<Communicator> &communicator) -> MaybeFailure {
        if (!id)
          return invalid("id is NULL, but must be one that "
                         "rdattn_ring_nccl_unique_id made");
        if (MaybeFailure failure = checkRank(size, rank))
          return failure;
        NcclId given;
        std::memcpy(&given, id, sizeof(given));
        return createNcclRing(kNcclLibrary, given, size, rank, device,
                              timeoutSeconds, communicator);
      });
}

extern "C" rdattn_status rdattn_ring_loopback_create(int32_t size, int32_t rank,
                                                     int32_t device,
                                                     rdattn_ring **ring) {
  return createRing(
      RDATTN_RING_DEFAULT_TIMEOUT, ring,
      [&](std::unique_ptr<Communicator> &communicator) -> MaybeFailure {
        if (MaybeFailure failure = checkRank(size, rank))
          return failure;
        return createLoopback(size, rank, device, communicator);
      });
}

extern "C" int32_t rdattn_ring_rank(const rdattn_ring *ring) {
  return ring->communicator->rank;
}

extern "C" int32_t rdattn_ring_size(const rdattn_ring *ring) {
  return ring->communicator->size;
}

extern "C" const char *rdattn_ring_transport(const rdattn_ring *ring) {
  return ring->communicator->transport();
}

extern "C" int32_t rdattn_ring_device(const rdattn_ring *ring) {
  return ring->communicator->device();
}

extern "C" rdattn_status rdattn_ring_synchronize(rdattn_ring *ring) {
  return guarded([&] { return ring->communicator->synchronize(); });
}

extern "C" void rdattn_ring_abort(rdattn_ring *ring, const char *reason) {
  guarded([&]() -> MaybeFailure {
    ring->communicator->abort(reason ? reason : "");
    return std::nullopt;
  });
}

extern "C" void rdattn_ring_destroy(rdattn_ring *ring) {
  delete ring;
  rdattn::runtime::cuda::collectIdleDevices(); // its memory, if on a GPU
}
