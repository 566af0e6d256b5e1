//===- Scratch.cpp - Aligned memory for tiles -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Scratch.h"
#include "rdattn/module.h"
#include "runtime/Call.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

using namespace rdattn::runtime;

void *rdattn::runtime::allocateAligned(int64_t bytes) noexcept {
  if (bytes < 0 ||
      bytes > std::numeric_limits<int64_t>::max() - kScratchAlignment)
    return nullptr;
  // aligned_alloc wants a multiple; a line more than nothing keeps 0 from
  // looking like a failure.
  return std::aligned_alloc(
      kScratchAlignment,
      static_cast<size_t>(alignScratch(std::max<int64_t>(1, bytes))));
}

void rdattn::runtime::freeAligned(void *memory) noexcept { std::free(memory); }

namespace {
/// Freed when its thread ends.
struct ThreadScratch {
  ~ThreadScratch() { freeAligned(memory); }

  void *atLeast(int64_t bytes) {
    if (memory && bytes >= 0 && bytes <= capacity)
      return memory;
    // Nothing in it is wanted any more, so free first: the peak is lower.
    freeAligned(memory);
    memory = allocateAligned(bytes);
    capacity = memory ? bytes : 0;
    return memory;
  }

  void *memory = nullptr;
  int64_t capacity = 0;
};
} // namespace

static thread_local ThreadScratch threadScratch;

extern "C" void *rdattn_scratch(void *call, int64_t bytes) {
  void *memory = threadScratch.atLeast(bytes);
  if (!memory && call)
    Call::of(call).failOutOfMemory();
  return memory;
}

extern "C" void *rdattn_shared_scratch(void *call, int64_t bytes) {
  Call &owner = Call::of(call);
  void *memory = owner.allocateShared(bytes);
  if (!memory)
    owner.failOutOfMemory();
  return memory;
}
