//===- StepMemory.h - What moves in one step of a ring ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_STEPMEMORY_H
#define RDATTN_RUNTIME_RING_STEPMEMORY_H

#include "runtime/Memref.h"
#include "runtime/Scratch.h"
#include "runtime/comm/Communicator.h"
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

  /// Lets the step's messages be lent instead of received. Returns what they
  /// need as long as the step is under way.
  std::shared_ptr<void> borrow(std::vector<comm::Transfer> &receives);

  /// Makes k and v those that were lent, if they were. \pre borrow() was
  /// called, with messages of k and then of v, one of each batch.
  void replaceBorrowed(int64_t elementBytes, Memref4 &k, Memref4 &v) const;

  Buffer buffer;

private:
  struct Borrowed {
    std::shared_ptr<void> buffer;
    std::vector<void *> messages; ///< null where nothing was lent
  };

  int64_t offset = 0;
  std::shared_ptr<Borrowed> borrowed;
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_STEPMEMORY_H
