//===- ThreadRing.h - Ranks that are threads, in tests ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_THREADRING_H
#define RDATTN_TEST_RUNTIME_COMM_THREADRING_H

#include "Exchanges.h"

#include "runtime/comm/threads/ThreadCommunicator.h"
#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace rdattn::test {

inline double secondsSince(runtime::comm::Clock::time_point start) {
  return std::chrono::duration<double>(runtime::comm::Clock::now() - start)
      .count();
}

/// The threads of this process.
inline size_t countThreads() {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator("/proc/self/task"), {});
}

/// How one rank ended.
struct Ending {
  MaybeFailure failure;
  double seconds = 0; ///< after all began
};

/// Runs `body` as every rank of the ring and returns when all have ended.
inline std::vector<Ending>
runAsThreads(std::vector<std::unique_ptr<Communicator>> &ring,
             const std::function<MaybeFailure(Communicator &)> &body) {
  std::vector<Ending> endings(ring.size());
  std::vector<std::thread> threads;
  const auto start = runtime::comm::Clock::now();
  for (size_t rank = 0; rank < ring.size(); ++rank)
    threads.emplace_back([&, rank] {
      endings[rank].failure = body(*ring[rank]);
      endings[rank].seconds = secondsSince(start);
    });
  for (std::thread &thread : threads)
    thread.join();
  return endings;
}

/// A ring of threads.
class ThreadRing {
public:
  ThreadRing(int32_t size, double timeout)
      : ring(runtime::comm::createThreadRing(size, timeout)) {}

  /// Rank i has its memory on devices[i].
  ThreadRing(const std::vector<int32_t> &devices, double timeout) {
    MaybeFailure failure = runtime::comm::createDeviceThreadRing(
        static_cast<int32_t>(devices.size()), devices.data(), timeout, ring);
    if (failure)
      throw std::runtime_error(failure->message);
  }

  Communicator &operator[](int32_t rank) { return *ring[rank]; }

  /// Makes rank `rank` leave.
  void leave(int32_t rank) { ring[rank].reset(); }

  std::vector<Ending>
  run(const std::function<MaybeFailure(Communicator &)> &body) {
    return runAsThreads(ring, body);
  }

private:
  std::vector<std::unique_ptr<Communicator>> ring;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_THREADRING_H
