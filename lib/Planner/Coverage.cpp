//===- Coverage.cpp - Whether a branch computes every row -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Census.h"

#include <algorithm>
#include <numeric>

namespace rdattn::planner {

/// The tokens below `end` that the group's segments hold.
static int64_t tokensBelow(const ClassGroup &group, int64_t end) {
  BranchClasses branch;
  branch.groups.push_back(group);
  clipGroups(branch, end);
  int64_t tokens = 0;
  for (const ClassGroup &part : branch.groups)
    tokens += part.times * part.length;
  return tokens;
}

/// A token from which on coverage repeats, once all groups have begun or ended
/// and one common period has passed; nothing where that exceeds 64 bits.
static std::optional<int64_t> horizon(const BranchClasses &branch) {
  int64_t settled = 0, common = 1;
  bool unbounded = false;
  for (const ClassGroup &group : branch.groups) {
    std::optional<int64_t> end = endOf(group);
    settled = std::max(settled, end ? *end : group.first);
    if (end)
      continue;
    unbounded = true;
    int64_t factor = group.period / std::gcd(common, group.period);
    std::optional<int64_t> next = mulChecked(common, factor);
    if (!next)
      return std::nullopt;
    common = *next;
  }
  return unbounded ? addChecked(settled, common) : settled;
}

bool coversAllRows(const BranchClasses &branch) {
  if (branch.perHead)
    for (const ClassGroup &group : branch.groups)
      if (group.stride > 1)
        return false; // S7: a head computes one of several classes
  std::optional<int64_t> end = horizon(branch);
  if (!end)
    return false;
  Wide covered = 0;
  for (const ClassGroup &group : branch.groups)
    covered += tokensBelow(group, *end);
  return covered == *end;
}

} // namespace rdattn::planner
