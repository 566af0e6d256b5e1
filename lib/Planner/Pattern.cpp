//===- Pattern.cpp - The rules of the pattern language --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Pattern.h"

#include "lib/Planner/Integers.h"
#include "lib/Planner/Messages.h"

namespace rdattn::planner {

Grid defaultGrid(int64_t length) {
  int64_t cols = 1;
  while ((length - 1) / cols >= cols) // cols * cols < length, in integers
    cols *= 2;
  return {ceilDiv(length, cols), cols};
}

Grid gridOf(const Segment &segment) {
  return segment.order.grid ? *segment.order.grid : defaultGrid(segment.length);
}

Violation checkGrid(const Grid &grid, int64_t length) {
  if (grid.rows < 1 || grid.cols < 1)
    return "a grid needs at least 1 row and 1 column, but is " + show(grid);
  std::optional<int64_t> cells = mulChecked(grid.rows, grid.cols);
  if (!cells)
    return "grid " + show(grid) + " has more than 2^63 - 1 cells; shorten " +
           "the segment or name a smaller grid";
  if (*cells < length)
    return "grid " + show(grid) + " has " + std::to_string(*cells) +
           " cells, fewer than the segment's " + std::to_string(length) +
           " tokens";
  return std::nullopt;
}

Violation checkSegment(const Segment &segment) {
  if (Violation v = checkAtLeast("segment length", segment.length, 1))
    return v;
  if (Violation v = checkAtLeast("dilation", segment.dilation, 1))
    return v;
  if (segment.window)
    if (Violation v = checkAtLeast("window", *segment.window, 1))
      return v;
  if (segment.order.kind == OrderKind::Hilbert)
    return checkGrid(gridOf(segment), segment.length);
  if (segment.order.grid)
    return "the identity order takes no grid; drop grid " +
           show(*segment.order.grid) + " or use the Hilbert order";
  return std::nullopt;
}

Violation checkBranch(const Branch &branch) {
  if (branch.segments.empty())
    return "a branch needs at least one segment, but has none";
  std::optional<int64_t> total = 0;
  for (const Segment &segment : branch.segments) {
    if (Violation v = checkSegment(segment))
      return v;
    total = addChecked(*total, segment.length);
    if (!total)
      return "the lengths of the branch's segments add up to more than "
             "2^63 - 1 tokens; shorten a segment";
  }
  return std::nullopt;
}

Violation checkPattern(const Pattern &pattern) {
  if (pattern.branches.empty())
    return "a pattern needs at least one branch, but has none";
  for (const Branch &branch : pattern.branches)
    if (Violation v = checkBranch(branch))
      return v;
  return std::nullopt;
}

Violation checkCovers(const Branch &branch, int64_t tokens) {
  if (branch.repeat || tokens <= totalLength(branch))
    return std::nullopt;
  return tooLong(tokens, totalLength(branch));
}

int64_t totalLength(const Branch &branch) {
  int64_t total = 0;
  for (const Segment &segment : branch.segments)
    total += segment.length;
  return total;
}

} // namespace rdattn::planner
