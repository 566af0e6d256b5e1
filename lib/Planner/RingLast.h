//===- RingLast.h - Where a rank's rows get their last keys -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGLAST_H
#define RDATTN_PLANNER_RINGLAST_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// Which tiles of query rows no later piece of their rank adds to: a piece is
/// later in a later step, or in a later branch of the same step. Each piece is
/// taken once for all heads that no piece tells apart, and its rows in words of
/// 64.
class LastTiles {
public:
  /// The schedule of a rank, its pieces cut into tiles of `queries` rows; it
  /// outlives this.
  LastTiles(const std::vector<RingStep> &steps, int64_t queries);

  /// Whether it is the last that has any of its rows, for `head`. \pre the
  /// piece has the head, and more than `tile` tiles.
  bool isLast(size_t step, size_t piece, int64_t head, int64_t tile) const;

private:
  /// A bit for each local row.
  using RowBits = std::vector<uint64_t>;

  void findHeads();
  void findRows();
  void addBranch(size_t step, size_t begin, size_t end);
  void findTiles(const RowSequence &rows, const RowBits &later, size_t place);

  const std::vector<RingStep> &steps;
  const int64_t queries;
  std::vector<int64_t> group; ///< of each head: groups are not told apart
  std::vector<RowBits> later; ///< rows of later pieces, for each group
  std::vector<std::vector<size_t>> places; ///< of each piece in `last`
  std::vector<bool> last; ///< of a piece: group after group, its tiles
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGLAST_H
