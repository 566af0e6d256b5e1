//===- RingCode.h - What compiled code does on a ring, in C++ ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_RING_RINGCODE_H
#define RDATTN_TEST_RUNTIME_RING_RINGCODE_H

#include "test/unit/Runtime/FakeModule.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace rdattn::test {

/// The rank that the calling thread plays; runRanks sets it.
extern thread_local int32_t thisRank;

/// The entry of a function "qkvsdol", or "qkvsgol" where there are words: the
/// loop over the steps of a ring, with f32 tensors and sums in f64.
struct RingCode {
  std::vector<int64_t> words; ///< none: the schedule is the argument

  /// Query rows of an item.
  int64_t queries = 1;

  /// Called before each step that moves rows is posted.
  std::function<void(int64_t step)> beforePost;

  /// Called before each step is computed: device memory is the host's in tests.
  std::function<void()> beforeCompute;

  /// On rings of GPUs, what packs the rows that are sent.
  const rdattn_cuda_program *packs = nullptr;

  void operator()(void **arguments) const;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_RING_RINGCODE_H
