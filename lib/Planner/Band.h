//===- Band.h - A mask between two diagonals --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_BAND_H
#define RDATTN_PLANNER_BAND_H

#include "lib/Planner/Integers.h"

namespace rdattn::planner {

/// Query i sees key j iff i + low <= j <= i + high.
struct Band {
  static constexpr int64_t kNoLow = INT64_MIN;
  static constexpr int64_t kNoHigh = INT64_MAX;

  int64_t low = kNoLow;
  int64_t high = kNoHigh;

  bool isFull() const { return low == kNoLow && high == kNoHigh; }
  bool sees(int64_t query, int64_t key) const {
    return (low == kNoLow || key - query >= low) &&
           (high == kNoHigh || key - query <= high);
  }
  bool operator==(const Band &other) const {
    return low == other.low && high == other.high;
  }
};

/// The pairs that a band of `queries` x `keys` holds, in closed form.
Wide countPairs(const Band &band, int64_t queries, int64_t keys);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_BAND_H
