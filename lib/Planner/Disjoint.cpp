//===- Disjoint.cpp - Whether groups share a token ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/ClassGroup.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

namespace rdattn::planner {
namespace {

/// A group's segments: [first + i * period, ... + length) for i < times.
struct Comb {
  int64_t first, length, period, times;
  bool unbounded;

  int64_t end() const { return first + (times - 1) * period + length; }
};

/// A single segment takes a period that no token reaches.
Comb combOf(const ClassGroup &group) {
  Comb comb{group.first, group.length, group.period, group.times,
            group.times == ClassGroup::kUnbounded};
  if (comb.unbounded)
    comb.times = (kMaxInt64 - comb.length - comb.first) / comb.period + 1;
  if (comb.times == 1)
    comb.period = kMaxInt64;
  return comb;
}

/// Whether (a * i + b) mod m <= most for some i < n. \pre b >= 0.
bool reaches(int64_t n, int64_t m, int64_t a, Wide b, Wide most) {
  if (n <= 0 || most >= m - 1)
    return n > 0;
  b %= m;
  Unsigned hits =
      n + floorSum(n, m, a, b) - floorSum(n, m, a, b + m - most - 1);
  return hits > 0;
}

Wide ceilDivWide(Wide a, Wide b) { return a <= 0 ? 0 : (a + b - 1) / b; }

/// The last token of a's segment i lies c + i * a.period past b's first one.
/// It overlaps the last segment of b that starts before it, or none.
bool overlap(const Comb &a, const Comb &b) {
  Wide c = Wide(a.first) + a.length - 1 - b.first;
  Wide from = std::min<Wide>(a.times, ceilDivWide(-c, a.period));
  Wide past = ceilDivWide(Wide(b.times) * b.period - c, a.period);
  past = std::max(from, std::min<Wide>(a.times, past));
  if (reaches(past - from, b.period, a.period, c + from * a.period,
              Wide(a.length) + b.length - 2))
    return true;
  // Later segments of a can only overlap the last one of b.
  return past < a.times && a.first + past * a.period < b.end();
}

std::string message(const Comb &a, const Comb &b) {
  return "the groups at tokens " + std::to_string(a.first) + " and " +
         std::to_string(b.first) +
         " share a token, whose row would be computed twice; move one of them";
}

/// Unbounded groups of one period are disjoint where they are so on a circle.
Violation checkCircle(std::vector<Comb> combs) {
  auto key = [](const Comb &c) {
    return std::make_pair(c.period, c.first % c.period);
  };
  std::sort(combs.begin(), combs.end(),
            [&](const Comb &a, const Comb &b) { return key(a) < key(b); });
  for (size_t begin = 0, end; begin < combs.size(); begin = end) {
    end = begin + 1;
    while (end < combs.size() && combs[end].period == combs[begin].period)
      ++end;
    for (size_t i = begin; i < end && end - begin > 1; ++i) {
      const Comb &a = combs[i], &b = combs[i + 1 < end ? i + 1 : begin];
      int64_t step = b.first % b.period - a.first % a.period;
      if (step + (i + 1 < end ? 0 : a.period) < a.length)
        return message(a, b);
    }
  }
  return std::nullopt;
}

} // namespace

Violation checkDisjoint(const BranchClasses &branch) {
  std::vector<Comb> combs, unbounded, active;
  for (const ClassGroup &group : branch.groups)
    combs.push_back(combOf(group));
  std::sort(combs.begin(), combs.end(),
            [](const Comb &a, const Comb &b) { return a.first < b.first; });
  for (const Comb &comb : combs) {
    active.erase(
        std::remove_if(active.begin(), active.end(),
                       [&](const Comb &a) { return a.end() <= comb.first; }),
        active.end());
    for (const Comb &other : active) {
      bool onCircle =
          comb.unbounded && other.unbounded && comb.period == other.period;
      if (!onCircle && overlap(other, comb))
        return message(other, comb);
    }
    active.push_back(comb);
    if (comb.unbounded)
      unbounded.push_back(comb);
  }
  return checkCircle(std::move(unbounded));
}

} // namespace rdattn::planner
