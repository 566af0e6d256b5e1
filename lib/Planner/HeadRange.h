//===- HeadRange.h - Consecutive heads --------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_HEADRANGE_H
#define RDATTN_PLANNER_HEADRANGE_H

#include <cstdint>

namespace rdattn::planner {

/// Heads [begin, end).
struct HeadRange {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
  bool empty() const { return begin >= end; }
  bool operator==(const HeadRange &other) const {
    return begin == other.begin && end == other.end;
  }
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_HEADRANGE_H
