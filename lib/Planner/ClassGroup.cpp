//===- ClassGroup.cpp - Groups of classes and their rules -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/ClassGroup.h"

#include "lib/Planner/Integers.h"
#include "lib/Planner/Messages.h"

#include <algorithm>

namespace rdattn::planner {

bool ClassGroup::operator==(const ClassGroup &other) const {
  return access == other.access && first == other.first &&
         length == other.length && times == other.times &&
         period == other.period && stride == other.stride &&
         grid == other.grid && window == other.window && runs == other.runs;
}

static bool isUnbounded(const ClassGroup &group) {
  return group.times == ClassGroup::kUnbounded;
}

static Violation checkRepetition(const ClassGroup &group) {
  if (!isUnbounded(group))
    if (Violation v = checkAtLeast("times", group.times, 1))
      return v;
  if (group.times == 1) {
    if (group.period == 0)
      return std::nullopt;
    return "a group of one segment has no period, but the period is " +
           std::to_string(group.period);
  }
  if (group.period < group.length)
    return "period " + std::to_string(group.period) +
           " is shorter than the segment's " + std::to_string(group.length) +
           " tokens, so that equal segments would overlap";
  return std::nullopt;
}

static Violation checkEnd(const ClassGroup &group) {
  int64_t more = isUnbounded(group) ? 0 : group.times - 1;
  std::optional<int64_t> end = mulChecked(more, group.period);
  if (end)
    end = addChecked(*end, group.first);
  if (end)
    end = addChecked(*end, group.length);
  if (end)
    return std::nullopt;
  return "the group at token " + std::to_string(group.first) +
         " ends beyond token 2^63 - 1; shorten it or lower its times";
}

static Violation checkAccess(const ClassGroup &group) {
  bool gathered = group.access == Access::Gathered;
  if (group.access == Access::Contiguous && group.stride != 1)
    return "contiguous rows have stride 1, but the stride is " +
           std::to_string(group.stride) + "; use strided classes";
  if (gathered && !group.grid)
    return "gathered classes need the grid whose curve orders them";
  if (!gathered && group.grid)
    return "only gathered classes follow a grid; drop grid " +
           show(*group.grid) + " or gather";
  if (gathered)
    return checkGrid(*group.grid, group.length);
  return std::nullopt;
}

static Violation checkRuns(const ClassGroup &group) {
  if (Violation v = checkAtLeast("rows of a run", group.runs.rows, 1))
    return v;
  if (Violation v = checkAtLeast("stride of a run", group.runs.stride, 1))
    return v;
  if (group.runs == Runs())
    return std::nullopt;
  if (group.access != Access::Gathered)
    return "only gathered classes have runs; drop them";
  if (group.window)
    return "classes with a window are kept in curve order and have no runs; "
           "drop the runs";
  return std::nullopt;
}

Violation checkGroup(const ClassGroup &group) {
  if (Violation v = checkAtLeast("first token", group.first, 0))
    return v;
  if (Violation v = checkAtLeast("segment length", group.length, 1))
    return v;
  if (Violation v = checkAtLeast("stride", group.stride, 1))
    return v;
  if (group.window)
    if (Violation v = checkAtLeast("window", *group.window, 1))
      return v;
  if (Violation v = checkRepetition(group))
    return v;
  if (Violation v = checkEnd(group))
    return v;
  if (Violation v = checkAccess(group))
    return v;
  return checkRuns(group);
}

static ClassGroup expandSegment(const Segment &segment, int64_t first) {
  ClassGroup group;
  group.first = first;
  group.length = segment.length;
  group.stride = segment.dilation;
  group.window = segment.window;
  if (segment.order.kind == OrderKind::Hilbert) {
    group.access = Access::Gathered;
    group.grid = gridOf(segment);
  } else if (segment.dilation > 1) {
    group.access = Access::Strided;
  }
  return group;
}

BranchClasses expandBranch(const Branch &branch) {
  BranchClasses classes;
  classes.perHead = branch.perHead;
  int64_t period = totalLength(branch);
  int64_t first = 0;
  for (const Segment &segment : branch.segments) {
    ClassGroup group = expandSegment(segment, first);
    if (branch.repeat) {
      group.times = ClassGroup::kUnbounded;
      group.period = period;
    }
    classes.groups.push_back(group);
    first += segment.length;
  }
  return classes;
}

std::optional<int64_t> endOf(const ClassGroup &group) {
  if (isUnbounded(group))
    return std::nullopt;
  return group.first + (group.times - 1) * group.period + group.length;
}

std::optional<int64_t> coveredTokens(const BranchClasses &branch) {
  int64_t covered = 0;
  for (const ClassGroup &group : branch.groups) {
    std::optional<int64_t> end = endOf(group);
    if (!end)
      return std::nullopt;
    covered = std::max(covered, *end);
  }
  return covered;
}

} // namespace rdattn::planner
