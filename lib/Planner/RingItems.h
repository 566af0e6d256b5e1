//===- RingItems.h - The work tables of a ring's steps ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What one step of a ring computes, as a table that compiled code walks: the
// pieces of a RingStep, tile by tile of their query rows.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGITEMS_H
#define RDATTN_PLANNER_RINGITEMS_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// One tile of query rows of one piece, batch and query head: a row of the
/// table, whose columns are these members in this order.
///
/// Query i of the piece is local row
///   list < 0:  first + i * stride
///   else:      first + lists[list + i]
/// and the item's queries are [row, min(row + queries, rows)). Key j of the
/// item, 0 <= j < keys, is row
///   keyList < 0:  keyFirst + j * keyStride
///   else:         keyFirst + lists[keyList + j]
/// of head keyHead of the step's k and v: at step 0 the local tensors, later
/// the buffer that the step received, which has one head.
///
/// Query i sees key j iff
///   i + low <= j <= i + high, and
///   |lists[queryPositions + i] - lists[keyPositions + j]| < window, where
///   window > 0, and
///   lists[keyTokens + j] <= lists[queryTokens + i], where queryTokens >= 0.
/// Every query of the item sees a key. The item's keys are few: with a band the
/// range that its queries see, with a window in a list the range within reach.
struct RingItem {
  int32_t batch;
  int32_t head;
  int32_t row;
  int32_t rows; ///< of the piece
  int32_t first;
  int32_t stride;
  int32_t list; ///< offset in the lists, or -1
  int32_t keyHead;
  int32_t keys;
  int32_t keyFirst;
  int32_t keyStride;
  int32_t keyList;        ///< or -1
  int32_t low;            ///< at least -rows, which bounds nothing
  int32_t high;           ///< at most keys, which bounds nothing
  int32_t window;         ///< 0: none
  int32_t queryPositions; ///< -1 without a window
  int32_t keyPositions;
  int32_t queryTokens; ///< -1: not compared
  int32_t keyTokens;
  /// 1 where no earlier item of the rank, of an earlier step or of an earlier
  /// branch of this one, has any of the item's query rows, batch and head; else
  /// 0.
  int32_t fresh;
  /// The same for later items.
  int32_t last;
};
inline constexpr int kRingItemColumns = 21;
static_assert(sizeof(RingItem) == kRingItemColumns * sizeof(int32_t));

/// The table of one step of a rank: items of branch b are [phases[b], phases[b
/// + 1]). A query row of a head is at most once in a branch.
struct RingTables {
  std::vector<RingItem> items;
  std::vector<int32_t> lists;
  std::vector<int32_t> phases;
  bool listed = false; ///< some item has a window or compares tokens
};

/// Query rows, over all batches and heads, each counted once at most: those of
/// `fresh` items, which begin, and those of `last` ones, which are done there.
struct VisitedRows {
  int64_t fresh = 0, last = 0;

  VisitedRows &operator+=(const VisitedRows &other) {
    fresh += other.fresh;
    last += other.last;
    return *this;
  }
};

/// Of some items, which have `queries` rows at most. Where those of all steps
/// begin all rows of a shard, each row's first item says so; where they are
/// done with all, each row's last item does.
VisitedRows countVisitedRows(const RingItem *items, int64_t count,
                             int64_t queries);

/// The rows of a batch that transfers move, all heads counted. They lie one
/// transfer after another, and token after token inside a transfer, each with
/// its heads: row i of head h of G is i * G + h. So they do both where they are
/// packed and in the receiver's buffer.
int64_t rowsOf(const std::vector<Transfer> &transfers);

/// The tables of all steps of a rank, of a pattern with `branches` branches. Of
/// the options the query rows per item and the order count; the longest items
/// have most keys. A violation where a table, list or buffer has 2^31 entries
/// or more.
Violation makeRingTables(const std::vector<RingStep> &steps, const Sizes &sizes,
                         size_t branches, const PlanOptions &options,
                         std::vector<RingTables> &tables);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGITEMS_H
