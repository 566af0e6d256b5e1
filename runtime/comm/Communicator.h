//===- Communicator.h - One rank's end of a ring ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranks move rows in numbered steps. Each posts what it sends and receives in a
// step, may post further steps, and waits for them in any order. The transfers
// between two ranks meet in the order in which both post them.
//
// A fault is final: every later call fails as well. To go on, the ranks make a
// new ring.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_COMMUNICATOR_H
#define RDATTN_RUNTIME_COMM_COMMUNICATOR_H

#include "runtime/Error.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace rdattn::runtime::comm {

/// Bytes that go to a peer or come from it.
struct Transfer {
  int32_t peer = 0;
  void *data = nullptr;
  size_t bytes = 0;

  // Where ranks share memory:

  /// Of a send, instead of data: puts the bytes where the peer wants them, once
  /// and on any thread, and throws nothing.
  std::function<void(char *to)> write = nullptr;
  /// Of a send: data keeps its bytes until synchronize() returns, and may be
  /// lent to the peer.
  bool mayBeLent = false;
  /// Of a receive: becomes where the bytes are if they are lent, instead of
  /// copied to data, until giveBack(). It lies in the step's memory.
  void **lent = nullptr;
};

/// What a rank moves in one step.
struct Step {
  int64_t number = 0; ///< 0 or more, and of no other step in flight
  std::vector<Transfer> sends, receives;

  /// Keeps the memory of the transfers alive. The transport holds it until it
  /// no longer touches the memory; of MPI after a fault that is for good, as
  /// what is under way there cannot be called back.
  std::shared_ptr<void> memory;

  /// With CUDA tensors, the stream that writes what is sent and has read what
  /// the received bytes overwrite: the transfers begin after its work.
  void *stream = nullptr;
};

using Clock = std::chrono::steady_clock;

/// Called by one thread at a time, but for abort().
class Communicator {
public:
  Communicator(int32_t rank, int32_t size, double timeout)
      : rank(rank), size(size), timeout(timeout) {}
  virtual ~Communicator() = default;
  Communicator(const Communicator &) = delete;
  Communicator &operator=(const Communicator &) = delete;

  /// "threads", "mpi", "nccl" or "loopback".
  virtual const char *transport() const = 0;

  /// The CUDA device of the transfers' memory; -1: host memory.
  virtual int32_t device() const { return -1; }

  /// Whether memory may be touched after a fault, when abort() has returned:
  /// then a step's transfers must lie in its Step::memory.
  virtual bool touchesAfterFault() const { return false; }

  /// Whether the ranks can read and write each other's memory.
  virtual bool sharesMemory() const { return false; }

  /// Begins a step and returns. Empty transfers move nothing and match nothing:
  /// leave them out on both sides or on neither.
  MaybeFailure post(Step step);

  /// In host memory: returns when the step is done, with what it received in
  /// place and what it sent free to be overwritten. On a GPU: lets `stream`
  /// wait for that and returns at once; of a fault that comes later, the next
  /// call tells.
  MaybeFailure wait(int64_t number, void *stream = nullptr);

  /// What the step was lent is not read any more. After a fault all was given
  /// back.
  virtual void giveBack(int64_t /*number*/) {}

  /// Returns when all steps that were posted are done. In host memory wait()
  /// has seen to that, but for what peers were lent.
  virtual MaybeFailure synchronize() { return std::nullopt; }

  /// The fault that is known of, without waiting. Helps transfers along where
  /// they need the host: call it now and then from long computations.
  virtual MaybeFailure poll() = 0;

  /// Collects `bytes` from every rank, in order of ranks: all[size * bytes].
  /// In host memory always. Every rank gives as many bytes.
  virtual MaybeFailure exchange(const void *mine, size_t bytes, void *all);

  /// Makes all ranks fail. `reason` completes "rank 1 of 4 gave up: ".
  virtual void abort(const std::string &reason) = 0;

  /// "rank 2 of 4"
  std::string name() const { return sentence("rank ", rank, " of ", size); }

  const int32_t rank, size;
  const double timeout; ///< seconds that a call may wait

  /// Looked at while a call waits: where it becomes nonzero the call ends with
  /// RDATTN_INTERRUPTED, and the ring has failed. NULL: there is none. Whoever
  /// sets it takes it away before it goes.
  const volatile int *stop = nullptr;
  bool isStopped() const {
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0;
  }

protected:
  /// Begins a step that was checked and has no empty transfer.
  virtual MaybeFailure start(Step step) = 0;
  virtual MaybeFailure finish(int64_t number, void *stream) = 0;

  Clock::time_point deadline() const;

  /// What abort() makes of its reason.
  std::string gaveUp(const std::string &reason) const;

private:
  MaybeFailure check(const Step &step) const;
  MaybeFailure check(const Step &step, const Transfer &transfer) const;
  MaybeFailure startStep(Step step);

  std::vector<int64_t> inFlight;
  std::atomic<int64_t> latest{-1}; ///< the step posted last
};

/// The number of the step that exchange() makes in host memory.
constexpr int64_t kExchange = -1;

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_COMMUNICATOR_H
