//===- Hash.h - The checksum of module files --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_HASH_H
#define RDATTN_RUNTIME_HASH_H

#include <cstddef>
#include <cstdint>

namespace rdattn::runtime {

/// FNV-1a, 64 bits. Inline: the compiler, which writes what the runtime checks,
/// does not see the runtime's hidden symbols.
inline uint64_t hashBytes(const void *data, size_t size) {
  const auto *bytes = static_cast<const unsigned char *>(data);
  uint64_t hash = 0xcbf29ce484222325ull;
  for (size_t i = 0; i < size; ++i)
    hash = (hash ^ bytes[i]) * 0x100000001b3ull;
  return hash;
}

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_HASH_H
