//===- RingTraffic.h - About how many rows a layout moves -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGTRAFFIC_H
#define RDATTN_PLANNER_RINGTRAFFIC_H

#include "lib/Planner/ClassGroup.h"
#include "lib/Planner/RingLayout.h"

namespace rdattn::planner {

/// The rows that all ranks together receive for each batch and head, estimated
/// in time that grows with the ranks: RingPlanner counts them, but takes the
/// square of that. Exact but for classes that skip a shard they pass, rows that
/// several branches need, windows of stripes at the ends of a segment, and
/// windows of Hilbert orders, which are taken to reach all tokens. The heads of
/// a per-head branch are taken to share its classes evenly.
/// \pre checkGroup, checkDisjoint, checkSizes and checkRing found nothing.
double estimateRowsMoved(const std::vector<BranchClasses> &branches,
                         int64_t tokens, bool causal, const Ring &ring);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGTRAFFIC_H
