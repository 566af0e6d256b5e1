//===- StepMemory.h - What moves in one step of a ring ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_STEPMEMORY_H
#define RDATTN_RUNTIME_RING_STEPMEMORY_H

#include "runtime/Scratch.h"
#include "runtime/ring/Buffer.h"

namespace rdattn::runtime::ring {

/// The rows that a step sends and those that it receives, of k and then of v.
class StepMemory {
public:
  /// The bytes of such a step.
  static int64_t bytesOf(int64_t sentBytes, int64_t receivedBytes) {
    int64_t bytes = 0;
    if (__builtin_add_overflow(alignScratch(sentBytes), receivedBytes, &bytes))
      return INT64_MAX; // which no memory has
    return bytes;
  }

  /// Where in the buffer the received rows are, from now on.
  void divide(int64_t sentBytes) { offset = alignScratch(sentBytes); }

  char *sent() const { return buffer.data(); }
  char *received() const { return buffer.data() + offset; }

  Buffer buffer;

private:
  int64_t offset = 0;
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_STEPMEMORY_H
