//===- RingPieces.h - The pieces that one class computes --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGPIECES_H
#define RDATTN_PLANNER_RINGPIECES_H

#include "lib/Planner/RingReach.h"
#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// A piece before its heads and its place in a buffer are known: its keys are
/// [key, key + keys) of the rows that the class needs.
struct PieceShape {
  RowSequence queries;
  int64_t key = 0, keys = 0;
  Band band;
  std::shared_ptr<const ListedMask> listed;
};

/// What one class computes on a rank against the keys of one rank; `own` says
/// that these are the same rows.
std::vector<PieceShape> piecesOf(const RingClass &cls, bool causal, bool own,
                                 const Members &queries, const Members &keys,
                                 const Sight &sight);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGPIECES_H
