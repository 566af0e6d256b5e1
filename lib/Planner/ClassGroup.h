//===- ClassGroup.h - Residue classes as index maps -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_CLASSGROUP_H
#define RDATTN_PLANNER_CLASSGROUP_H

#include "lib/Planner/Pattern.h"

#include <algorithm>

namespace rdattn::planner {

/// How the rows of a class are found (E3, E4).
enum class Access {
  Contiguous, ///< row i is token first + i
  Strided,    ///< row i of class c is token first + c + i * stride
  Gathered    ///< row i is looked up in the class's list of tokens
};

/// Consecutive entries of a sorted class that are `rows` tokens `stride` apart,
/// aligned: row i is list[i / rows] + (i % rows) * stride (E4).
struct Runs {
  int64_t rows = 1;
  int64_t stride = 1;

  bool operator==(const Runs &other) const {
    return rows == other.rows && stride == other.stride;
  }
};

/// The classes of `times` equal segments that start `period` tokens apart.
///
/// Segment t holds tokens [first + t * period, first + t * period + length),
/// clipped to the S tokens that exist, and splits into `stride` classes. A
/// gathered group walks `grid` in Hilbert order; its classes are sorted by
/// token unless they have a window (E2). A window of 1 says that each row sees
/// itself alone.
struct ClassGroup {
  static constexpr int64_t kUnbounded = -1;

  Access access = Access::Contiguous;
  int64_t first = 0;
  int64_t length = 0;
  int64_t times = 1;  ///< or kUnbounded: until S is covered
  int64_t period = 0; ///< 0 where times == 1
  int64_t stride = 1;
  std::optional<Grid> grid;
  std::optional<int64_t> window; ///< rows of the class, not tokens
  Runs runs;

  bool operator==(const ClassGroup &other) const;
};

/// The classes of one branch; `perHead` as in Branch (S7).
struct BranchClasses {
  std::vector<ClassGroup> groups;
  bool perHead = false;

  bool operator==(const BranchClasses &other) const {
    return groups == other.groups && perHead == other.perHead;
  }
};

/// Whether a group of some branch satisfies `predicate`.
template <typename Branches, typename Predicate>
bool anyGroup(const Branches &branches, Predicate predicate) {
  return std::any_of(branches.begin(), branches.end(),
                     [&](const BranchClasses &branch) {
                       return std::any_of(branch.groups.begin(),
                                          branch.groups.end(), predicate);
                     });
}

inline bool isGathered(const ClassGroup &group) {
  return group.access == Access::Gathered;
}

/// Positive length, stride, times, period and window; a grid exactly where
/// access is gathered, with a cell for every token; times > 1 needs a
/// period >= length; stride 1 where contiguous; runs only where gathered
/// without a window; no end beyond 64 bits.
Violation checkGroup(const ClassGroup &group);

/// Groups that share a token, which would compute a row twice.
Violation checkDisjoint(const BranchClasses &branch);

/// The classes of `branch`, as written: one group per segment, a repeated
/// list as groups with unbounded times. Nothing is simplified (simplify does
/// that, so that each rewrite can be seen to fire).
/// \pre checkBranch found nothing.
BranchClasses expandBranch(const Branch &branch);

/// The end of the last segment, or nothing where the group is unbounded.
std::optional<int64_t> endOf(const ClassGroup &group);

/// The number of tokens `branch` reaches, or nothing where it repeats (S2).
std::optional<int64_t> coveredTokens(const BranchClasses &branch);

//===----------------------------------------------------------------------===//
// Rewrites. Each returns true where it changed its argument and keeps the
// meaning for every S; those that take `tokens` keep it for that S alone.
//===----------------------------------------------------------------------===//

/// E1: an order without a window and with one class says nothing.
bool dropVoidOrder(ClassGroup &group);

/// S3: a grid of one row or one column is the identity order.
bool dropLinearGrid(ClassGroup &group);

/// S11: a window that reaches every row of its class says nothing.
bool dropWideWindow(ClassGroup &group);

/// A stride >= length leaves each row alone: a window of 1. Without per-head
/// offsets a window of 1 needs no classes and no order.
bool isolateRows(ClassGroup &group, bool perHead);

/// Strided classes of stride 1 are contiguous (E3).
bool dropUnitStride(ClassGroup &group);

/// Equal neighbours become one group with a count.
bool mergeEqualGroups(BranchClasses &branch);

/// S2: cuts what lies past `tokens`; a cut segment becomes a group of its own
/// that keeps its grid.
bool clipGroups(BranchClasses &branch, int64_t tokens);

/// All rewrites that are valid for every S, until none fires: each but
/// clipGroups and findRuns, and isolateRows where it is not wanted.
bool simplify(BranchClasses &branch, bool isolates = true);

/// E4: the longest aligned runs shared by every class of the group; a class
/// list that is one progression for all classes becomes a strided group.
/// Only for groups without a window, entirely inside `tokens`.
bool findRuns(ClassGroup &group, int64_t tokens);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_CLASSGROUP_H
