//===- SegmentWork.h - How many keys its tokens see -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_SEGMENTWORK_H
#define RDATTN_PLANNER_SEGMENTWORK_H

#include "lib/Planner/ClassGroup.h"
#include "lib/Planner/Integers.h"

namespace rdattn::planner {

/// Sums over the tokens of a segment, counted from its first, of the keys that
/// each sees: in closed form but for Hilbert orders, whose tokens are listed.
class SegmentWork {
public:
  SegmentWork(const ClassGroup &group, bool causal);

  /// Of tokens 0 .. end-1.
  double below(int64_t end) const;

  /// Of tokens first, first + stride, ... that the segment has.
  double every(int64_t first, int64_t stride) const;

private:
  void listTokens(const ClassGroup &group);
  Wide rowsBefore(int64_t end) const;
  Wide rowsBeforeEvery(int64_t first, int64_t stride, int64_t count) const;

  bool causal, listed;
  int64_t length, stride;
  int64_t most;              ///< rows that a window lets a row see on one side
  std::vector<int64_t> seen; ///< by token, where listed
  std::vector<double> sums;  ///< of seen, before each token
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_SEGMENTWORK_H
