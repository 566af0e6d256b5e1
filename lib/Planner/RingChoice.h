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

/// Pairs of a head that a GPU computes while it receives a row of keys and
/// values: about 1600 on H200s with NVLink, where each query head has its own.
inline constexpr double kPairsPerRow = 1600;

/// The layout that spreads the work of a pattern best over a ring of `size`,
/// but for one that takes twice as long as another, as it moves so much more:
/// of the rest within 3% of the most even the one that moves fewest rows,
/// contiguous before zigzag before striped within 3%. A pure function, so that
/// all ranks and whoever shards the input agree.
/// \pre checkGroup, checkDisjoint, checkSizes and checkRing found nothing.
Layout chooseLayout(const std::vector<BranchClasses> &branches, int64_t tokens,
                    int64_t size, bool causal);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGCHOICE_H
