//===- Threads.h - OpenMP threads of one call -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CPU_THREADS_H
#define RDATTN_RUNTIME_CPU_THREADS_H

#include <cstdint>

namespace rdattn::runtime {

/// Gives the calling thread's parallel regions `threads` workers for as long
/// as this object lives; 0 leaves OpenMP's choice.
class ThreadCount {
public:
  explicit ThreadCount(int32_t threads);
  ~ThreadCount();
  ThreadCount(const ThreadCount &) = delete;
  ThreadCount &operator=(const ThreadCount &) = delete;

private:
  int previous = 0;
};

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_CPU_THREADS_H
