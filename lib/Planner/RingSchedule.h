//===- RingSchedule.h - What moves and is computed when ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ring schedule of one rank, planned from the pattern (E6): each key/value
// row that a query of the rank may see and that another rank holds arrives
// exactly once, straight from its owner; nothing else arrives.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGSCHEDULE_H
#define RDATTN_PLANNER_RINGSCHEDULE_H

#include "lib/Planner/Band.h"
#include "lib/Planner/HeadRange.h"
#include "lib/Planner/Plan.h"
#include "lib/Planner/RingLayout.h"

#include <memory>

namespace rdattn::planner {

/// Rows of the owner's shard that travel for each of some key/value heads and
/// each batch, in the order of the receiver's buffer. No row comes twice.
///
/// With one branch the rows of each class are consecutive and in class order:
/// by token, or along the curve where a Hilbert order has a window. With
/// several branches those of the shortest strides come first, and other classes
/// find among them what they need too.
struct Transfer {
  HeadRange kvHeads;
  RowSequence rows;
};

/// A mask that is no band. Query i sees key j iff
///   |queryPositions[i] - keyPositions[j]| < window, where there is one, and
///   keyTokens[j] <= queryTokens[i], where causal.
/// Positions are rows of the class in class order; they are empty without a
/// window, tokens are empty without causal.
struct ListedMask {
  std::optional<int64_t> window;
  bool causal = false;
  std::vector<int32_t> queryPositions, keyPositions;
  std::vector<int32_t> queryTokens, keyTokens;

  bool sees(int64_t query, int64_t key) const;
};

/// Queries of one class against keys of it, for some query heads and each
/// batch. Every query sees a key, and every key is seen.
///
/// A query row is in at most one piece of a step for each branch and head:
/// where a window of a zigzag shard reaches from one chunk into both chunks of
/// the owner, one listed piece takes all.
struct RingPiece {
  int32_t branch = 0;
  HeadRange heads;     ///< query heads, all of one transfer's key/value heads
  RowSequence queries; ///< local rows, in class order
  /// In class order. Step 0: local rows; else rows of the buffer that holds the
  /// received transfer, one run of it where the pattern has one branch.
  RowSequence keys;
  int32_t transfer = -1; ///< index in RingStep::receive, -1 at step 0
  Band band;             ///< where `listed` is null
  std::shared_ptr<const ListedMask> listed;

  bool sees(int64_t query, int64_t key) const {
    return listed ? listed->sees(query, key) : band.sees(query, key);
  }
};

/// What a step costs a rank, exactly, over all batches and heads.
struct StepLoad {
  int64_t distance = 0;
  int64_t receivedRows = 0; ///< distinct (batch, row, key/value head)
  int64_t sentRows = 0;
  int64_t pairs = 0; ///< allowed (query, key) pairs, of each branch
};

/// Bytes of `rows` rows of a StepLoad: keys and values.
double bytesOf(int64_t rows, int64_t headDim, int64_t valueDim,
               int64_t elementBytes);

/// One step: what was sent by the rank `distance` before is received, and the
/// rank `distance` after is sent to. Step 0 moves nothing: its keys are local.
struct RingStep {
  int64_t distance = 0;
  int64_t source = 0;            ///< (rank - distance) mod R
  int64_t target = 0;            ///< (rank + distance) mod R
  std::vector<Transfer> receive; ///< ascending, disjoint heads; none empty
  std::vector<Transfer> send;    ///< what `target` receives in this step
  std::vector<RingPiece> pieces; ///< branch after branch
  StepLoad load;
};

/// Steps in ascending distance. Step 0 is always there; of the others those
/// that move a row between any two ranks, so that all ranks have the same.
struct RingSchedule {
  std::vector<RingStep> steps;
};

class RingPattern;

/// Plans the ranks of one pattern, ring and shape. Several threads may ask.
class RingPlanner {
public:
  /// \pre checkGroup, checkDisjoint, checkSizes and checkRing found nothing.
  RingPlanner(const std::vector<BranchClasses> &branches, const Sizes &sizes,
              bool causal, const Ring &ring);
  ~RingPlanner();

  /// The distances of the steps that move something between any two ranks, and
  /// 0. Found without planning the ranks: with the striped layout in closed
  /// form for a group, else from the segments that ranks share until every
  /// distance is live, which is after a rank or two where a segment spans all.
  /// At worst all pairs of ranks in reach of each other in a segment are looked
  /// at, for per-head classes and Hilbert orders class by class.
  const std::vector<int64_t> &distances() const;

  /// Time grows with the (class, rank) pairs that may exchange rows with `rank`
  /// (striped: nearly all of a segment's, however short it is) and with the
  /// tokens of the Hilbert segments it shares. It grows with the rows of other
  /// classes only where branches with strides that do not divide each other
  /// overlap, or a window reaches both chunks of a zigzag shard.
  /// \pre checkRank found nothing.
  RingSchedule plan(int64_t rank) const;

  /// The loads of plan(rank).steps without its rows and pieces.
  std::vector<StepLoad> load(int64_t rank) const;

private:
  std::unique_ptr<RingPattern> pattern;
  std::vector<int64_t> live;
};

/// The schedule of one rank. \pre as RingPlanner, and checkRank.
RingSchedule planRing(const std::vector<BranchClasses> &branches,
                      const Sizes &sizes, bool causal, const Ring &ring,
                      int64_t rank);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGSCHEDULE_H
