//===- Backoff.h - Pauses between looks at what is awaited ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_BACKOFF_H
#define RDATTN_RUNTIME_COMM_BACKOFF_H

#include <chrono>
#include <mutex>
#include <thread>

namespace rdattn::runtime::comm {

/// Gives way to other threads at first, and sleeps once the wait has lasted.
class Backoff {
public:
  /// Lets go of the lock meanwhile.
  void pause(std::unique_lock<std::mutex> &lock) {
    lock.unlock();
    if (++pauses < kYields)
      std::this_thread::yield();
    else
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    lock.lock();
  }

private:
  static constexpr int kYields = 2000;
  int pauses = 0;
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_BACKOFF_H
