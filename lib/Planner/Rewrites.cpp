//===- Rewrites.cpp - Rewrites of groups of classes -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/ClassGroup.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

namespace rdattn::planner {

static void makeContiguous(ClassGroup &group) {
  group.access = Access::Contiguous;
  group.stride = 1;
  group.grid.reset();
  group.runs = Runs();
}

bool dropVoidOrder(ClassGroup &group) {
  if (group.access != Access::Gathered || group.window || group.stride != 1)
    return false;
  makeContiguous(group);
  return true;
}

bool dropLinearGrid(ClassGroup &group) {
  if (group.access != Access::Gathered)
    return false;
  if (group.grid->rows != 1 && group.grid->cols != 1)
    return false;
  group.access = Access::Strided;
  group.grid.reset();
  group.runs = Runs();
  return true;
}

bool dropWideWindow(ClassGroup &group) {
  // Where every class is one row, isolateRows says it with a window of 1.
  if (!group.window || group.stride >= group.length)
    return false;
  if (*group.window < ceilDiv(group.length, group.stride))
    return false;
  group.window.reset();
  return true;
}

/// Back to back, segments of isolated rows are one segment of isolated rows.
static bool joinIsolatedSegments(ClassGroup &group) {
  if (group.times <= 1 || group.period != group.length)
    return false;
  group.length *= group.times;
  group.times = 1;
  group.period = 0;
  return true;
}

bool isolateRows(ClassGroup &group, bool perHead) {
  bool changed = false;
  if (group.stride >= group.length && group.window != 1) {
    group.window = 1;
    group.runs = Runs();
    changed = true;
  }
  // With per-head offsets the class still says which head computes the row.
  if (group.window != 1 || (perHead && group.stride > 1))
    return changed;
  if (group.access != Access::Contiguous) {
    makeContiguous(group);
    changed = true;
  }
  return joinIsolatedSegments(group) || changed;
}

bool dropUnitStride(ClassGroup &group) {
  if (group.access != Access::Strided || group.stride != 1)
    return false;
  makeContiguous(group);
  return true;
}

static bool sameSegments(const ClassGroup &a, const ClassGroup &b) {
  return a.access == b.access && a.length == b.length && a.stride == b.stride &&
         a.grid == b.grid && a.window == b.window && a.runs == b.runs;
}

/// The end of the neighbours from `begin` on that repeat alike and differ in
/// `first` only, by the same step.
static size_t endOfInterleave(const std::vector<ClassGroup> &groups,
                              size_t begin) {
  const ClassGroup &head = groups[begin];
  size_t end = begin + 1;
  while (end < groups.size() && head.times != 1 &&
         sameSegments(head, groups[end]) && groups[end].times == head.times &&
         groups[end].period == head.period &&
         groups[end].first - groups[end - 1].first ==
             groups[begin + 1].first - head.first)
    ++end;
  return end;
}

/// k groups that split their common period evenly are one group with a k-th of
/// the period: a repeated list [n, n] is [n].
static bool mergeInterleaved(std::vector<ClassGroup> &groups) {
  std::vector<ClassGroup> merged;
  for (size_t begin = 0, end; begin < groups.size(); begin = end) {
    end = endOfInterleave(groups, begin);
    int64_t count = end - begin;
    merged.push_back(groups[begin]);
    if (count == 1)
      continue;
    ClassGroup &group = merged.back();
    int64_t step = groups[begin + 1].first - group.first;
    if (group.period % count != 0 || step != group.period / count) {
      end = begin + 1;
      continue;
    }
    group.period = step;
    if (group.times != ClassGroup::kUnbounded)
      group.times *= count;
  }
  bool changed = merged.size() != groups.size();
  groups = std::move(merged);
  return changed;
}

/// Lets `group` take the segments of `next`, where these continue its
/// progression.
static bool append(ClassGroup &group, const ClassGroup &next) {
  if (group.times == ClassGroup::kUnbounded || !sameSegments(group, next))
    return false;
  int64_t last = group.first + (group.times - 1) * group.period;
  int64_t step = next.first - last;
  if (step < group.length || (group.times != 1 && group.period != step) ||
      (next.times != 1 && next.period != step))
    return false;
  group.period = step;
  group.times = next.times == ClassGroup::kUnbounded ? ClassGroup::kUnbounded
                                                     : group.times + next.times;
  return true;
}

bool mergeEqualGroups(BranchClasses &branch) {
  bool changed = mergeInterleaved(branch.groups);
  std::vector<ClassGroup> merged;
  for (const ClassGroup &group : branch.groups)
    if (merged.empty() || !append(merged.back(), group))
      merged.push_back(group);
  changed |= merged.size() != branch.groups.size();
  branch.groups = std::move(merged);
  return changed;
}

static void setTimes(ClassGroup &group, int64_t times) {
  group.times = times;
  if (times == 1)
    group.period = 0;
}

/// Appends what `group` has below `tokens`: its whole segments, and then the
/// one that `tokens` cuts.
static void clipGroup(const ClassGroup &group, int64_t tokens,
                      std::vector<ClassGroup> &clipped) {
  if (group.first >= tokens)
    return;
  // A single segment's period is 0; any step past the end serves instead.
  int64_t period = group.times == 1 ? kMaxInt64 : group.period;
  int64_t begun = (tokens - 1 - group.first) / period + 1;
  int64_t room = tokens - group.first - group.length;
  int64_t whole = room < 0 ? 0 : room / period + 1;
  if (group.times != ClassGroup::kUnbounded) {
    begun = std::min(begun, group.times);
    whole = std::min(whole, group.times);
  }
  if (whole > 0) {
    clipped.push_back(group);
    setTimes(clipped.back(), whole);
  }
  if (whole == begun)
    return;
  ClassGroup cut = group;
  cut.first += whole == 0 ? 0 : whole * period;
  cut.length = tokens - cut.first;
  cut.runs = Runs(); // positions close up (S3), so other tokens form a class
  setTimes(cut, 1);
  clipped.push_back(cut);
}

bool clipGroups(BranchClasses &branch, int64_t tokens) {
  std::vector<ClassGroup> clipped;
  for (const ClassGroup &group : branch.groups)
    clipGroup(group, tokens, clipped);
  bool changed = clipped != branch.groups;
  branch.groups = std::move(clipped);
  return changed;
}

/// Rows that see themselves alone: one class of them, or classes of one row,
/// which need no window.
static bool simplifyLoneRows(ClassGroup &group, bool perHead, bool isolates) {
  if (isolates)
    return isolateRows(group, perHead);
  if (!group.window || group.stride < group.length)
    return false;
  group.window.reset();
  return true;
}

bool simplify(BranchClasses &branch, bool isolates) {
  bool changed = false;
  for (ClassGroup &group : branch.groups) {
    changed |= dropWideWindow(group);
    changed |= dropVoidOrder(group);
    changed |= dropLinearGrid(group);
    changed |= simplifyLoneRows(group, branch.perHead, isolates);
    changed |= dropUnitStride(group);
  }
  changed |= mergeEqualGroups(branch);
  for (ClassGroup &group : branch.groups)
    changed |= simplifyLoneRows(group, branch.perHead, isolates);
  return changed;
}

} // namespace rdattn::planner
