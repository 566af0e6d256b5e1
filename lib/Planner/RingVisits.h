//===- RingVisits.h - First and last visits of a rank's rows ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGVISITS_H
#define RDATTN_PLANNER_RINGVISITS_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// Which of the pieces that have a row comes first, or last.
enum class Visit { First, Last };

/// Which tiles of query rows no earlier, or no later, piece of their rank has
/// rows of: a piece is later in a later step, or in a later branch of the same
/// step. Each piece is taken once for all heads that no piece tells apart, and
/// its rows in words of 64.
class VisitedTiles {
public:
  /// The schedule of a rank, its pieces cut into tiles of `queries` rows; it
  /// outlives this.
  VisitedTiles(const std::vector<RingStep> &steps, int64_t queries,
               Visit visit);

  /// Whether it is the first, or the last, that has any of its rows, for
  /// `head`. \pre the piece has the head, and more than `tile` tiles.
  bool contains(size_t step, size_t piece, int64_t head, int64_t tile) const;

private:
  /// A bit for each local row.
  using RowBits = std::vector<uint64_t>;

  void findHeads();
  void findRows();
  void addBranch(size_t step, size_t begin, size_t end);
  void findTiles(const RowSequence &rows, const RowBits &others, size_t place);

  const std::vector<RingStep> &steps;
  const int64_t queries;
  std::vector<int64_t> group;  ///< of each head: groups are not told apart
  std::vector<RowBits> others; ///< rows of pieces seen, for each group
  std::vector<std::vector<size_t>> places; ///< of each piece in `found`
  std::vector<bool> found; ///< of a piece: group after group, its tiles
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGVISITS_H
