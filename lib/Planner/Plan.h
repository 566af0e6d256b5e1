//===- Plan.h - The work table of one launch --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_PLAN_H
#define RDATTN_PLANNER_PLAN_H

#include "lib/Planner/ClassGroup.h"

namespace rdattn::planner {

/// One tile of query rows of one class, batch and head: a row of the work
/// table, whose columns are these members in this order.
///
/// Row i of the class is token
///   list < 0:  first + i * stride
///   else:      first + rowList[list + i / run] + (i % run) * stride
/// Rows [row, min(row + queries, rows)) are computed against all `rows` rows
/// of the class. Where both list >= 0 and window > 0 the class is in curve
/// order and causal compares tokens; otherwise it is sorted by token and
/// causal compares rows (E2).
struct WorkItem {
  int32_t batch;
  int32_t head;
  int32_t row;
  int32_t rows;
  int32_t first;
  int32_t stride;
  int32_t list;   ///< offset in the row list, or -1
  int32_t run;    ///< rows per list entry, 1 where list < 0
  int32_t window; ///< in rows, or 0
};
inline constexpr int kWorkItemColumns = 9;
static_assert(sizeof(WorkItem) == kWorkItemColumns * sizeof(int32_t));

/// The order of the items of one branch.
enum class TileOrder {
  Plain,       ///< class after class, head after head, row after row
  LongestFirst ///< most key rows first, so that the last tiles are short
};

struct Sizes {
  int64_t batch = 0;
  int64_t tokens = 0;
  int64_t heads = 0;
  int64_t kvHeads = 0;
};

/// Of 16-bit k and v with D = Dv = 128 these rows are 32 MiB, most of the L2
/// cache of a Hopper GPU.
inline constexpr int64_t kMaxGroupRows = 65536;

struct PlanOptions {
  bool causal = false;
  int64_t queries = 0; ///< query rows per item
  TileOrder order = TileOrder::Plain;
  /// The most consecutive (class, batch, head) triples inside which
  /// LongestFirst sorts, so that their keys stay in a cache: fewer where their
  /// classes have more than kMaxGroupRows rows, and where all groups can be as
  /// large. 0: all of a branch.
  int64_t group = 0;
  /// Whether a row list may have one entry for a run of rows (E4).
  bool runs = true;
  /// Whether the rows of classes of one row become one class with a window of 1
  /// (isolateRows), which takes a kernel that knows windows. Without, each is a
  /// class, and an item, of its own.
  bool isolates = true;
};

/// The work table: items of branch b are [phases[b], phases[b + 1]).
struct Plan {
  std::vector<WorkItem> items;
  std::vector<int32_t> rowList;
  std::vector<int32_t> phases;
};

/// Negative sizes, H not a multiple of G, S past a branch's end (S2, naming
/// both lengths), a size >= 2^31, or a table or row list of 2^31 entries or
/// more. Without `options` a class counts as one item.
Violation checkSizes(const std::vector<BranchClasses> &branches,
                     const Sizes &sizes, const PlanOptions &options = {});

/// Plans one launch (E5). Groups are clipped to S and simplified first, so a
/// dynamic S gets the rewrites a static one gets in the IR.
/// \pre checkGroup, checkDisjoint and checkSizes found nothing, queries >= 1.
Plan makePlan(const std::vector<BranchClasses> &branches, const Sizes &sizes,
              const PlanOptions &options);

/// True where every row of every head is in some class of the branch, for any
/// S that it reaches. \pre checkDisjoint found nothing.
bool coversAllRows(const BranchClasses &branch);

/// What the pattern costs, counted exactly.
struct Cost {
  int64_t pairs = 0; ///< allowed (query, key) pairs over batch and heads
  double flops = 0;  ///< 2 * pairs * (D + Dv)
  double bytes = 0;  ///< q, k, v read once, o and lse written once
  int64_t items = 0; ///< rows of the work table
};
Cost estimateCost(const std::vector<BranchClasses> &branches,
                  const Sizes &sizes, const PlanOptions &options,
                  int64_t headDim, int64_t valueDim, int64_t elementBytes);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_PLAN_H
