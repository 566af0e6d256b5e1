//===- RingRank.h - The steps of one rank of a ring -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGRANK_H
#define RDATTN_PLANNER_RINGRANK_H

#include "lib/Planner/RingExchange.h"

namespace rdattn::planner {

/// Plans the steps of one rank. Every class that the rank exchanges rows of has
/// rows on it, so its own classes are all there is to look at.
class RingRank {
public:
  RingRank(const RingPattern &pattern, int64_t rank);

  RingStep stepOf(int64_t distance) const;
  StepLoad loadOf(int64_t distance) const;

private:
  int64_t rankAfter(int64_t distance) const {
    return floorMod(rank + distance, pattern.ring().size);
  }
  Members membersOf(int32_t index, int64_t of) const {
    return of == rank ? own[index] : pattern.membersOf(classes[index], of);
  }
  std::vector<Need> needsOf(int64_t receiver, int64_t owner) const;
  Tally tally(int32_t index, int64_t receiver, int64_t owner) const;
  void planOwn(RingStep &step) const;
  void planReceived(RingStep &step) const;
  HeadRange headsIn(const RingClass &cls, const Transfer &transfer) const;
  int64_t shardRows(int64_t of) const;
  int64_t rowsMoved(int64_t receiver, int64_t owner) const;
  int64_t pairsOf(const RingClass &cls, Wide pairs) const;

  const RingPattern &pattern;
  int64_t rank;
  std::vector<RingClass> classes;
  std::vector<Members> own;                 ///< of each class
  std::vector<std::vector<int32_t>> shared; ///< the classes of each peer
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGRANK_H
