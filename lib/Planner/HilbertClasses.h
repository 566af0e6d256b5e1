//===- HilbertClasses.h - The residue classes of a Hilbert order -*- C++
//-*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_HILBERTCLASSES_H
#define RDATTN_PLANNER_HILBERTCLASSES_H

#include "lib/Planner/ClassGroup.h"

#include <algorithm>

namespace rdattn::planner {

/// The rows of one class, ascending or in curve order, relative to the
/// segment's first token.
struct RowSpan {
  const int32_t *rows;
  int64_t size;
};

/// How many of `length` positions are congruent to `index` modulo `stride`.
inline int64_t classSize(int64_t length, int64_t stride, int64_t index) {
  return length / stride + (index < length % stride);
}

/// All classes of the first `length` cells of a grid that have a row.
class HilbertClasses {
public:
  /// Windowed classes stay in curve order, others are sorted (E2).
  /// \pre length <= 2^31 - 1.
  HilbertClasses(Grid grid, int64_t length, int64_t stride, bool sorted);

  int64_t count() const { return std::min(length, stride); }

  RowSpan operator[](int64_t index) const {
    return {rows.data() + begin(index), classSize(length, stride, index)};
  }

private:
  int64_t begin(int64_t index) const {
    return index * (length / stride) + std::min(index, length % stride);
  }

  int64_t length, stride;
  std::vector<int32_t> rows; ///< class after class
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_HILBERTCLASSES_H
