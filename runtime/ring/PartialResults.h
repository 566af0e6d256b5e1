//===- PartialResults.h - What the steps of a ring add to -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_PARTIALRESULTS_H
#define RDATTN_RUNTIME_RING_PARTIALRESULTS_H

#include "runtime/Memref.h"

#include "lib/Planner/Plan.h"

namespace rdattn::runtime::ring {

/// How one piece of memory holds the partial results of a shard: its rows of o,
/// and from a line of the cache on their maxima, and on such a line their sums.
class PartialResults {
public:
  PartialResults(const planner::Sizes &shard, int64_t valueDim)
      : shard(shard), valueDim(valueDim) {}

  /// Of all; INT64_MAX where 64 bits cannot say.
  int64_t bytes() const;

  /// What rdattn_ring_partial gives.
  void describe(char *memory, Memref4 &o, Memref3 &maxima, Memref3 &sums) const;

private:
  int64_t bytesOf(int64_t columns) const;

  const planner::Sizes &shard;
  const int64_t valueDim;
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_PARTIALRESULTS_H
