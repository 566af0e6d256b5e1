//===- ThreadGroup.h - What the threads of a ring share ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transfer is one copy, made by whichever side posts it last: no rank waits
// for more than its peers' posts, and there is no thread but the ranks' own.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H
#define RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H

#include "runtime/comm/Communicator.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace rdattn::runtime::comm {

class ThreadGroup {
public:
  explicit ThreadGroup(int32_t size);

  MaybeFailure start(const Communicator &rank, Step step);
  MaybeFailure finish(const Communicator &rank, int64_t number,
                      Clock::time_point deadline);
  MaybeFailure poll(const Communicator &rank);

  /// Both return when no other thread touches the rank's memory any more.
  void fail(const Communicator &rank, std::string message);
  void leave(const Communicator &rank);

private:
  struct StepInFlight {
    int64_t number;
    std::vector<int32_t> awaited; ///< a peer for each transfer to be done
    std::shared_ptr<void> memory;
  };
  /// One side's part of a transfer, until the other side comes.
  struct Half {
    Transfer transfer;
    StepInFlight *step;
  };
  /// From one rank to another. Only one of the two lists ever waits.
  struct Channel {
    std::deque<Half> sends, receives;
  };
  struct Copy {
    Half send, receive;
  };
  struct Rank {
    std::condition_variable changed;
    std::map<int64_t, StepInFlight> steps;
    int copies = 0; ///< under way, from or to this rank's memory
    bool hasLeft = false;
  };

  Channel &channel(int32_t from, int32_t to);
  MaybeFailure meet(const Communicator &rank, StepInFlight &step,
                    const Transfer &transfer, bool receives,
                    std::vector<Copy> &copies);
  MaybeFailure whyInVain(const Communicator &rank, const StepInFlight &step,
                         Clock::time_point deadline) const;
  void begin(const Copy &copy);
  void complete(const Copy &copy);
  MaybeFailure failAs(std::unique_lock<std::mutex> &lock,
                      const Communicator &rank, Failure failure);
  void setFault(std::string message);
  void awaitCopies(std::unique_lock<std::mutex> &lock, Rank &self);
  void withdraw(std::unique_lock<std::mutex> &lock, const Communicator &rank);

  std::mutex mutex; ///< guards all that follows
  std::vector<Rank> ranks;
  std::vector<Channel> channels;
  bool hasFailed = false;
  std::string cause; ///< what failed first
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H
