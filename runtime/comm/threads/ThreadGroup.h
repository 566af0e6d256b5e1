//===- ThreadGroup.h - What the threads of a ring share ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transfer is one copy, made by whichever side posts it last: no rank waits
// for more than its peers' posts, and there is no thread but the ranks' own. In
// device memory a copy is enqueued then, and ordered by events. In host memory
// bytes may be lent instead: the peer reads them where they are.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H
#define RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H

#include "runtime/comm/threads/CopyStream.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace rdattn::runtime::comm {

class ThreadGroup {
public:
  explicit ThreadGroup(int32_t size);

  /// Puts the memory of the ranks on GPUs, that of rank i on devices[i]. Before
  /// all else.
  MaybeFailure openDevices(const int32_t *devices);

  /// -1: host memory.
  int32_t device(int32_t rank) const {
    return streams.empty() ? -1 : streams[rank]->device();
  }

  MaybeFailure start(const Communicator &rank, Step step);
  /// On a GPU `stream` then waits for the step's copies.
  MaybeFailure finish(const Communicator &rank, int64_t number, void *stream,
                      Clock::time_point deadline);
  MaybeFailure synchronize(const Communicator &rank,
                           Clock::time_point deadline);
  MaybeFailure poll(const Communicator &rank);
  void giveBack(const Communicator &rank, int64_t number);

  /// Both return when no other thread touches the rank's memory any more. What
  /// is under way on a GPU then is awaited by the streams of the rank's steps.
  void fail(const Communicator &rank, std::string message);
  void leave(const Communicator &rank);

private:
  struct StepInFlight {
    int64_t number;
    std::vector<int32_t> awaited; ///< a peer for each transfer to be done
    std::shared_ptr<void> memory;
    DeviceStep device;
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
  /// What two steps move from the one to the other.
  struct Copy {
    int32_t from, to;
    StepInFlight *send, *receive;
    std::vector<CopyStream::Bytes> bytes;
    std::vector<std::function<void(char *)>> writers; ///< of each, or null
  };
  /// Bytes of another rank that this one reads in a step.
  struct Loan {
    int64_t number;
    int32_t lender;
  };
  struct Rank {
    std::condition_variable changed;
    std::map<int64_t, StepInFlight> steps;
    int copies = 0; ///< under way, from or to this rank's memory
    int lent = 0;   ///< to others, of this rank's memory
    std::vector<Loan> borrowed;
    bool hasLeft = false;
  };

  Channel &channel(int32_t from, int32_t to);
  MaybeFailure meet(const Communicator &rank, StepInFlight &step,
                    const Transfer &transfer, bool receives,
                    std::vector<Copy> &copies);
  MaybeFailure whyInVain(const Communicator &rank, const StepInFlight &step,
                         Clock::time_point deadline) const;
  bool isOnDevice(int64_t number) const {
    return !streams.empty() && number != kExchange;
  }
  static void forget(std::vector<int32_t> &awaited, int32_t peer);
  static void add(std::vector<Copy> &copies, int32_t from, const Half &send,
                  int32_t to, const Half &receive);
  void pair(std::vector<Copy> &copies, int32_t from, const Half &send,
            int32_t to, const Half &receive);
  void lend(int32_t from, const Half &send, int32_t to, const Half &receive);
  void giveBack(const Loan &loan);
  void giveBackAll(int32_t rank);
  MaybeFailure awaitLoans(std::unique_lock<std::mutex> &lock,
                          const Communicator &rank, Clock::time_point deadline);
  StepInFlight stepOfLoan(int32_t lender) const;
  MaybeFailure run(std::unique_lock<std::mutex> &lock,
                   const std::vector<Copy> &copies);
  MaybeFailure move(const Copy &copy, SharedEvent &end);
  void arrive(const Copy &copy, const SharedEvent &end);
  void count(const Copy &copy, int change);
  MaybeFailure pause(std::unique_lock<std::mutex> &lock,
                     const Communicator &rank, const StepInFlight &step,
                     Clock::time_point deadline);
  MaybeFailure awaitPeers(std::unique_lock<std::mutex> &lock,
                          const Communicator &rank, const StepInFlight &step,
                          Clock::time_point deadline);
  MaybeFailure failAs(std::unique_lock<std::mutex> &lock,
                      const Communicator &rank, Failure failure);
  void setFault(std::string message);
  void awaitOthers(std::unique_lock<std::mutex> &lock, Rank &self);
  void withdraw(std::unique_lock<std::mutex> &lock, const Communicator &rank);
  void awaitOnStreams(int32_t rank);
  void forgetSteps(int32_t rank);

  std::vector<std::unique_ptr<CopyStream>> streams; ///< none: host memory

  std::mutex mutex; ///< guards all that follows
  std::vector<Rank> ranks;
  std::vector<Channel> channels;
  bool hasFailed = false;
  std::string cause; ///< what failed first
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_THREADS_THREADGROUP_H
