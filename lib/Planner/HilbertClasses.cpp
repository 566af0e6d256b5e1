//===- HilbertClasses.cpp - The residue classes of a Hilbert order --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/HilbertClasses.h"

#include "lib/Planner/HilbertCurve.h"
#include "lib/Planner/Integers.h"

#include <algorithm>
#include <numeric>

namespace rdattn::planner {

/// The position of each token: the inverse of the curve's order.
static std::vector<int32_t> positionsOf(const std::vector<int32_t> &order) {
  std::vector<int32_t> positions(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    positions[order[i]] = static_cast<int32_t>(i);
  return positions;
}

HilbertClasses::HilbertClasses(Grid grid, int64_t length, int64_t stride,
                               bool sorted)
    : length(length), stride(stride), rows(length) {
  std::vector<int32_t> order = hilbertOrder(grid, length);
  std::vector<int64_t> next(count());
  for (int64_t c = 0; c < count(); ++c)
    next[c] = begin(c);
  if (!sorted) {
    for (int64_t i = 0; i < length; ++i)
      rows[next[i % stride]++] = order[i];
    return;
  }
  // Dealing the tokens out in ascending order sorts every class at once.
  std::vector<int32_t> positions = positionsOf(order);
  for (int64_t token = 0; token < length; ++token)
    rows[next[positions[token] % stride]++] = static_cast<int32_t>(token);
}

/// The step from row 0 to row 1, the same in every class that has two rows.
static int64_t firstStep(const HilbertClasses &classes) {
  RowSpan span = classes[0];
  return span.size > 1 ? span.rows[1] - span.rows[0] : 1;
}

/// The greatest common divisor of all rows that do not follow their
/// predecessor by `step`: exactly there may a run begin. 0 where none.
static int64_t commonRun(const HilbertClasses &classes, int64_t step) {
  int64_t run = 0;
  for (int64_t c = 0; c < classes.count(); ++c) {
    RowSpan span = classes[c];
    for (int64_t i = 1; i < span.size; ++i)
      if (span.rows[i] - span.rows[i - 1] != step)
        if ((run = std::gcd(run, i)) == 1)
          return 1;
  }
  return run;
}

/// The classes are those of the identity order, in the same order.
static bool isStrided(const HilbertClasses &classes, int64_t run, int64_t step,
                      int64_t stride) {
  if (run != 0 || step != stride)
    return false;
  for (int64_t c = 0; c < classes.count(); ++c)
    if (*classes[c].rows != c)
      return false;
  return true;
}

bool findRuns(ClassGroup &group, int64_t tokens) {
  std::optional<int64_t> end = endOf(group);
  if (group.access != Access::Gathered || group.window || !end ||
      *end > tokens || tokens > kMaxInt32)
    return false;
  HilbertClasses classes(*group.grid, group.length, group.stride, true);
  int64_t step = firstStep(classes);
  int64_t run = commonRun(classes, step);
  if (isStrided(classes, run, step, group.stride)) {
    group.access = Access::Strided;
    group.grid.reset();
    group.runs = Runs();
    return true;
  }
  if (run == 0) // no class has a break: each is one run
    run = classes[0].size;
  Runs runs = run > 1 ? Runs{run, step} : Runs();
  bool changed = !(runs == group.runs);
  group.runs = runs;
  return changed;
}

} // namespace rdattn::planner
