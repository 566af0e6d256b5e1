//===- StepMemory.cpp - What moves in one step of a ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/StepMemory.h"
#include "runtime/Scratch.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;

bool StepMemory::reserve(int64_t sentBytes, int64_t receivedBytes) {
  int64_t bytes;
  offset = alignScratch(sentBytes);
  if (__builtin_add_overflow(offset, receivedBytes, &bytes))
    return false;
  if (memory && bytes <= capacity)
    return true;
  // Nothing in it is wanted any more, so free first: the peak is lower.
  memory.reset();
  memory.reset(static_cast<char *>(allocateAligned(bytes)), freeAligned);
  capacity = memory ? bytes : 0;
  return memory != nullptr;
}
