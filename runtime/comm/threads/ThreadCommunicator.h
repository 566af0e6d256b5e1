//===- ThreadCommunicator.h - A ring of threads -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_THREADS_THREADCOMMUNICATOR_H
#define RDATTN_RUNTIME_COMM_THREADS_THREADCOMMUNICATOR_H

#include "runtime/comm/threads/ThreadGroup.h"

namespace rdattn::runtime::comm {

/// One rank of a ring whose ranks are threads of this process.
class ThreadCommunicator : public Communicator {
public:
  ThreadCommunicator(int32_t rank, int32_t size, double timeout,
                     std::shared_ptr<ThreadGroup> group)
      : Communicator(rank, size, timeout), group(std::move(group)) {}
  ~ThreadCommunicator() override { group->leave(*this); }

  const char *transport() const override { return "threads"; }
  int32_t device() const override { return group->device(rank); }
  bool sharesMemory() const override { return device() < 0; }
  void giveBack(int64_t number) override { group->giveBack(*this, number); }
  MaybeFailure synchronize() override {
    return group->synchronize(*this, deadline());
  }
  MaybeFailure poll() override { return group->poll(*this); }
  void abort(const std::string &reason) override {
    group->fail(*this, gaveUp(reason));
  }

protected:
  MaybeFailure start(Step step) override {
    return group->start(*this, std::move(step));
  }
  MaybeFailure finish(int64_t number, void *stream) override {
    return group->finish(*this, number, stream, deadline());
  }

private:
  const std::shared_ptr<ThreadGroup> group;
};

/// A ring of `size` ranks, the first first.
std::vector<std::unique_ptr<Communicator>> createThreadRing(int32_t size,
                                                            double timeout);

/// The same with the memory of rank i on CUDA device devices[i]; several ranks
/// may share one.
MaybeFailure
createDeviceThreadRing(int32_t size, const int32_t *devices, double timeout,
                       std::vector<std::unique_ptr<Communicator>> &ring);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_THREADS_THREADCOMMUNICATOR_H
