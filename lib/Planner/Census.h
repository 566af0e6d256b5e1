//===- Census.h - How many classes a group has, and their rows --*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_CENSUS_H
#define RDATTN_PLANNER_CENSUS_H

#include "lib/Planner/Integers.h"
#include "lib/Planner/Plan.h"

namespace rdattn::planner {

/// The classes of one segment that are computed, counted over the heads: those
/// that have a row more than the others, and the others.
struct Census {
  Wide longer = 0;
  Wide shorter = 0;
  int64_t longerRows = 0;
  int64_t shorterRows = 0; ///< may be 0
};

Census countClasses(const ClassGroup &group, bool perHead, int64_t heads);

/// How many heads share a class with per-head offsets (S7).
inline int64_t headsPerClass(int64_t heads, int64_t stride) {
  return ceilDiv(heads, stride);
}

/// The branches clipped to S and simplified.
std::vector<BranchClasses>
simplifyFor(const std::vector<BranchClasses> &branches, int64_t tokens,
            const PlanOptions &options);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_CENSUS_H
