//===- Threads.cpp - OpenMP threads of one call ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cpu/Threads.h"

#include <algorithm>
#include <omp.h>

using namespace rdattn::runtime;

/// libomp ends the process where it cannot start a thread, and more threads
/// than this help nobody.
static int most() { return std::max(256, 4 * omp_get_num_procs()); }

ThreadCount::ThreadCount(int32_t threads) {
  if (threads == 0)
    return;
  // The setting belongs to the calling thread alone, so that calls on several
  // host threads do not disturb each other.
  previous = omp_get_max_threads();
  omp_set_num_threads(std::min(threads, most()));
}

ThreadCount::~ThreadCount() {
  if (previous)
    omp_set_num_threads(previous);
}
