//===- Scratch.h - Aligned memory for tiles ---------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_SCRATCH_H
#define RDATTN_RUNTIME_SCRATCH_H

#include <cstdint>

namespace rdattn::runtime {

/// A cache line, and the widest vector register.
constexpr int64_t kScratchAlignment = 64;

/// At least `bytes` aligned bytes, or NULL where there is no such memory.
void *allocateAligned(int64_t bytes) noexcept;
void freeAligned(void *memory) noexcept;

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_SCRATCH_H
