//===- StepMemory.cpp - What moves in one step of a ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/StepMemory.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;

std::shared_ptr<void>
StepMemory::borrow(std::vector<comm::Transfer> &receives) {
  borrowed = std::make_shared<Borrowed>();
  borrowed->buffer = buffer.share();
  borrowed->messages.resize(receives.size());
  for (size_t i = 0; i < receives.size(); ++i)
    receives[i].lent = &borrowed->messages[i];
  return borrowed;
}

/// Batches of a tensor are as far apart from each other.
static void replace(void *const *batches, int64_t elementBytes, Memref4 &rows) {
  rows.allocated = rows.aligned = batches[0];
  if (rows.sizes[0] > 1)
    rows.strides[0] =
        (static_cast<char *>(batches[1]) - static_cast<char *>(batches[0])) /
        elementBytes;
}

void StepMemory::replaceBorrowed(int64_t elementBytes, Memref4 &k,
                                 Memref4 &v) const {
  const std::vector<void *> &messages = borrowed->messages;
  if (messages.empty() || !messages.front())
    return;
  replace(messages.data(), elementBytes, k);
  replace(messages.data() + messages.size() / 2, elementBytes, v);
}
