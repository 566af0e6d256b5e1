//===- MpiCommunicator.h - A ring of MPI processes --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MPI itself neither times out nor tells of a peer that stalls. So nothing here
// blocks inside MPI: requests are tested until a deadline, and the rank that
// notices a fault tells the others by a message of its own tag, which every
// rank looks for while it waits.
//
// MPI_Abort is never called. Where MPI itself is broken, by a process that
// died, mpirun ends the others.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_MPI_MPICOMMUNICATOR_H
#define RDATTN_RUNTIME_COMM_MPI_MPICOMMUNICATOR_H

#include "runtime/comm/Communicator.h"
#include "runtime/comm/mpi/Plugin.h"

#include <map>
#include <mutex>
#include <thread>

namespace rdattn::runtime::comm {

class MpiCommunicator : public Communicator {
public:
  /// The copy is this object's own.
  MpiCommunicator(int32_t rank, int32_t size, double timeout,
                  const MpiFunctions &mpi, bool anyThread, void *copy)
      : Communicator(rank, size, timeout), mpi(mpi), anyThread(anyThread),
        copy(copy) {}
  ~MpiCommunicator() override;

  bool touchesAfterFault() const override { return true; }
  const char *transport() const override { return "mpi"; }
  MaybeFailure poll() override;
  void abort(const std::string &reason) override;

protected:
  MaybeFailure start(Step step) override;
  MaybeFailure finish(int64_t number, void *stream) override;

private:
  /// A request under way.
  struct Part {
    void *request;
    int32_t peer;
    bool receives;
    size_t bytes;
  };
  struct StepInFlight {
    std::vector<Part> parts;
    std::shared_ptr<void> memory;
  };

  MaybeFailure begin(int64_t number, const Transfer &transfer, bool receives,
                     StepInFlight &step);
  MaybeFailure test(int64_t number, StepInFlight &step);
  bool hasFailed();
  Failure fail(Failure failure);
  void tellOthers();
  void abandon(StepInFlight &step);

  const MpiFunctions &mpi;
  const bool anyThread; ///< may call MPI, one at a time
  const std::thread::id owner = std::this_thread::get_id();
  void *const copy; ///< of the communicator

  std::mutex mutex; ///< guards what follows, and the calls of MPI
  std::map<int64_t, StepInFlight> steps;
  std::string cause;     ///< what failed first; empty: nothing
  bool mustTell = false; ///< the others do not know it yet
};

/// A ring of the processes of `*comm`; waits for all of them. `library` is the
/// plugin's.
MaybeFailure createMpiRing(const char *library, const void *comm,
                           double timeout, std::unique_ptr<Communicator> &ring);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_MPI_MPICOMMUNICATOR_H
