//===- Scratch.h - Aligned memory for tiles ---------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_SCRATCH_H
#define RDATTN_RUNTIME_SCRATCH_H

#include <cstdint>
#include <limits>

namespace rdattn::runtime {

/// A cache line, and the widest vector register.
constexpr int64_t kScratchAlignment = 64;

/// `bytes` and what is missing to a full line; stays where that overflows.
inline int64_t alignScratch(int64_t bytes) {
  if (bytes > std::numeric_limits<int64_t>::max() - kScratchAlignment)
    return bytes;
  return (bytes + kScratchAlignment - 1) / kScratchAlignment *
         kScratchAlignment;
}

/// At least `bytes` aligned bytes, or NULL where there is no such memory.
void *allocateAligned(int64_t bytes) noexcept;
void freeAligned(void *memory) noexcept;

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_SCRATCH_H
