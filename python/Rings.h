//===- Rings.h - One rank of a ring, as Python holds it ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_RINGS_H
#define RDATTN_PYTHON_RINGS_H

#include "rdattn/ring.h"

#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>
#include <string>

namespace rdattn::python {

/// A ring's handle, which lives until it was closed and no call uses it.
class Ring {
  struct Handle {
    explicit Handle(rdattn_ring *ring) : ring(ring) {}
    ~Handle() { rdattn_ring_destroy(ring); }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;

    rdattn_ring *const ring;
    std::atomic<bool> isUsed{false};
  };

public:
  /// Owns `ring`.
  explicit Ring(rdattn_ring *ring);

  int32_t rank() const { return ringRank; }
  int32_t size() const { return ringSize; }
  int32_t device() const { return ringDevice; }
  std::string transport() const { return ringTransport; }
  /// OpenMP threads for the calls of one rank; 0: as many as OpenMP chooses.
  int32_t threads() const;
  bool isClosed() const { return !handle; }

  int64_t sum(int64_t value) const;
  void synchronize() const;
  void abort(const std::string &reason) const;
  void close();

  /// A call's claim on the ring, which serves one thread at a time.
  class Use {
  public:
    /// ValueError where the ring is closed or in use.
    explicit Use(const Ring &ring);
    ~Use() { handle->isUsed = false; }
    Use(const Use &) = delete;
    Use &operator=(const Use &) = delete;

    rdattn_ring *get() const { return handle->ring; }

  private:
    std::shared_ptr<Handle> handle;
  };

private:
  std::shared_ptr<Handle> handle; ///< null once closed; the lock guards it
  int32_t ringRank, ringSize, ringDevice;
  std::string ringTransport;
};

void bindRings(pybind11::module_ &m);

} // namespace rdattn::python

#endif // RDATTN_PYTHON_RINGS_H
