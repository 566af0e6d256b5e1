//===- RingClass.h - One class and what a rank holds of it ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rows of a class are numbered in class order: by token, or along the curve
// where a Hilbert order has a window (E2). Row `i` is the class's position i.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGCLASS_H
#define RDATTN_PLANNER_RINGCLASS_H

#include "lib/Planner/HeadRange.h"
#include "lib/Planner/HilbertClasses.h"
#include "lib/Planner/RingLayout.h"

#include <memory>

namespace rdattn::planner {

/// Rows of a class, ascending.
struct RowList {
  const int32_t *rows = nullptr;
  int64_t size = 0;
};

/// The rows of a class by the rank that holds them, ascending for each: for
/// classes of which a rank holds no progression.
class RowsByRank {
public:
  void append(int64_t rank, int64_t row) {
    entries.push_back({static_cast<int32_t>(rank), static_cast<int32_t>(row)});
  }
  void sort();
  RowList operator[](int64_t rank) const;
  std::vector<int64_t> ranks() const;

private:
  std::vector<std::pair<int32_t, int32_t>> entries;
  std::vector<int32_t> rows;
};

/// One class of one segment.
struct RingClass {
  int32_t branch = 0;
  const ClassGroup *group = nullptr;
  int64_t segment = 0;      ///< the segment's first token
  Progression tokens;       ///< of row 0, 1, ... where nothing is gathered
  RowSpan gathered{};       ///< else the tokens, relative to the segment
  HeadRange heads, kvHeads; ///< that compute it, and whose keys it needs (S7)
  std::shared_ptr<const RowsByRank> byRank; ///< where no closed form is

  int64_t rows() const { return tokens.count; }
  int64_t token(int64_t row) const {
    return gathered.rows ? segment + gathered.rows[row] : tokens[row];
  }
  /// Whether row order is token order (E2).
  bool isSorted() const { return !gathered.rows || !group->window; }
};

/// The rows of a class that one rank holds, in class order: at most two runs,
/// which are progressions of one common stride, or a list.
struct Members {
  struct Run {
    Progression rows;
    Chunk chunk;
  };

  Shard shard;
  std::array<Run, 2> runs;
  int runCount = 0;
  RowList list; ///< lives as long as the class

  int64_t size() const;
  std::vector<int32_t> rows() const;
};

/// The local rows of members `ordinals`; 0 is the first member.
RowSequence localRows(const RingClass &cls, const Members &members,
                      const RowSequence &ordinals);

/// The rows of a sorted class whose tokens are in [begin, end).
Progression rowsBetween(const RingClass &cls, int64_t begin, int64_t end);

/// Segments [begin, end) of a group that hold a token of a range.
struct SegmentRange {
  int64_t begin = 0;
  int64_t end = 0;
};
/// \pre the group is bounded, and from < to.
SegmentRange segmentsIn(const ClassGroup &group, int64_t from, int64_t to);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGCLASS_H
