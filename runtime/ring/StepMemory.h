//===- StepMemory.h - What moves in one step of a ring ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_STEPMEMORY_H
#define RDATTN_RUNTIME_RING_STEPMEMORY_H

#include <cstdint>
#include <memory>

namespace rdattn::runtime::ring {

/// The rows that a step sends and those that it receives, of k and then of v.
/// Kept between steps and calls, and grown.
class StepMemory {
public:
  /// Room for so many bytes; false where there is no such memory. What was
  /// there is lost.
  bool reserve(int64_t sentBytes, int64_t receivedBytes);

  char *sent() const { return memory.get(); }
  char *received() const { return memory.get() + offset; }

  /// For transports, which may need it longer than the ring lives.
  std::shared_ptr<void> share() const { return memory; }

private:
  std::shared_ptr<char> memory;
  int64_t capacity = 0, offset = 0;
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_STEPMEMORY_H
