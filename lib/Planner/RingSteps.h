//===- RingSteps.h - The steps of a ring that move anything -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGSTEPS_H
#define RDATTN_PLANNER_RINGSTEPS_H

#include "lib/Planner/RingPattern.h"

namespace rdattn::planner {

/// 0 and the distances s, ascending, such that some rank needs a row of the
/// rank s before it; see RingPlanner::distances.
std::vector<int64_t> liveDistances(const RingPattern &pattern);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGSTEPS_H
