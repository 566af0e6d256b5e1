//===- Workspaces.cpp - Memory of launches in flight ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Device.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static constexpr int64_t kCounterWords = 2;
static constexpr unsigned kMinusInfinity = 0xff800000; // as a float's bits

MaybeFailure Workspace::reserve(Device &device, size_t bytes, const char *what,
                                ResourcePointer &memory) {
  if (memory && memory->bytes >= bytes)
    return std::nullopt;
  memory.reset(); // first, so that the peak is lower where memory is short
  return device.allocate(bytes, what, memory);
}

MaybeFailure Workspace::prepareCounter(Device &device,
                                       const LaunchStream &stream) {
  if (counter)
    return std::nullopt;
  ResourcePointer memory;
  if (MaybeFailure failure =
          reserve(device, kCounterWords * sizeof(int32_t), "a counter", memory))
    return failure;
  if (MaybeFailure failure =
          stream.fill(device, memory->memory, 0, kCounterWords))
    return failure;
  counter = std::move(memory);
  return std::nullopt;
}

/// The product, or -1 where it is past 64 bits.
static int64_t product(std::initializer_list<int64_t> factors) {
  int64_t result = 1;
  for (int64_t factor : factors)
    if (__builtin_mul_overflow(result, factor, &result))
      return -1;
  return result;
}

MaybeFailure Workspace::preparePartials(Device &device,
                                        const LaunchStream &stream,
                                        const PartialShape &shape) {
  const int64_t rows =
      product({shape.branches, shape.batch, shape.tokens, shape.heads});
  const int64_t bytes = product({rows, shape.valueDim, shape.elementBytes});
  const int64_t sumBytes = product({rows, 2, sizeof(float)});
  if (rows < 0 || bytes < 0 || sumBytes < 0)
    return Failure{RDATTN_OUT_OF_MEMORY,
                   sentence("the partial results of ", shape.branches,
                            " branches have more bytes than 64 bits can say")};
  if (MaybeFailure failure = reserve(device, bytes, "partial results", results))
    return failure;
  if (!sums || sums->bytes < static_cast<size_t>(sumBytes))
    rowsAtRest = 0;
  if (MaybeFailure failure =
          reserve(device, sumBytes, "statistics of partial results", sums))
    return failure;
  // Kernels leave the statistics at rest, but as the rows that they had.
  if (rowsAtRest == rows)
    return std::nullopt;
  rowsAtRest = 0;
  const Address maxima = sums->memory;
  if (MaybeFailure failure = stream.fill(device, maxima, kMinusInfinity, rows))
    return failure;
  if (MaybeFailure failure =
          stream.fill(device, maxima + rows * sizeof(float), 0, rows))
    return failure;
  rowsAtRest = rows;
  return std::nullopt;
}

rdattn_table1 Workspace::counterTable() const {
  auto *begin = reinterpret_cast<int32_t *>(counter->memory);
  return {begin, begin, 0, {kCounterWords}, {1}};
}

std::shared_ptr<Workspace> Workspaces::find(unsigned long long stream) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found =
      std::find_if(entries.begin(), entries.end(),
                   [&](const Entry &entry) { return entry.stream == stream; });
  if (found != entries.end()) {
    entries.splice(entries.begin(), entries, found);
    return entries.front().workspace;
  }
  entries.push_front({stream, std::make_shared<Workspace>()});
  std::shared_ptr<Workspace> workspace = entries.front().workspace;
  if (entries.size() > kStreams)
    entries.pop_back();
  return workspace;
}

void Workspaces::clear() noexcept {
  std::lock_guard<std::mutex> lock(mutex);
  entries.clear();
}
