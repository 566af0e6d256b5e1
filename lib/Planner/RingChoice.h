//===- RingChoice.h - The layout that spreads work evenly -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGCHOICE_H
#define RDATTN_PLANNER_RINGCHOICE_H

#include "lib/Planner/ClassGroup.h"
#include "lib/Planner/RingLayout.h"

namespace rdattn::planner {

/// The allowed pairs of each rank's queries, per head. The heads are not known
/// here: those of a per-head branch are taken to share its classes evenly. Time
/// grows with the ranks times the groups (striped: times the ranks once more
/// where segments repeat) and, for Hilbert orders, with a segment's tokens.
std::vector<double> workOfRanks(const std::vector<BranchClasses> &branches,
                                int64_t tokens, bool causal, const Ring &ring);

/// The most work of a rank over the mean; 1 where there is none.
double imbalanceOf(const std::vector<double> &work);

/// The layout that suits a pattern on a ring of `size`: of those that spread
/// its work within 3% of the best, one that moves within 3% of the fewest rows;
/// where several do, contiguous before zigzag before striped. A pure function,
/// so that all ranks and whoever shards the input agree.
/// \pre checkGroup, checkDisjoint, checkSizes and checkRing found nothing.
Layout chooseLayout(const std::vector<BranchClasses> &branches, int64_t tokens,
                    int64_t size, bool causal);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGCHOICE_H
