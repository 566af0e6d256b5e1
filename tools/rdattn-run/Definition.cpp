//===- Definition.cpp - Which keys a row sees, by definition --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Definition.h"

#include <cstdlib>

namespace rdattn::run {

using namespace planner;

Definition::Definition(Pattern pattern, bool causal, int64_t tokens,
                       int64_t heads)
    : pattern(std::move(pattern)), causal(causal), tokens(tokens),
      heads(heads) {}

static int64_t sumOfLengths(const Branch &branch) {
  int64_t sum = 0;
  for (const Segment &segment : branch.segments)
    sum += segment.length;
  return sum;
}

Violation Definition::check() const {
  for (const Branch &branch : pattern.branches)
    if (!branch.repeat && sumOfLengths(branch) < tokens)
      return "the pattern covers " + std::to_string(sumOfLengths(branch)) +
             " tokens, and the input has " + std::to_string(tokens);
  return std::nullopt;
}

/// S2: the list of segments is laid from token 0, again and again where it
/// repeats.
Definition::Placed Definition::segmentOf(const Branch &branch,
                                         int64_t row) const {
  int64_t cycle = sumOfLengths(branch);
  int64_t first = row - row % cycle;
  const Segment *segment = branch.segments.data();
  while (row - first >= segment->length)
    first += segment++->length;
  return {segment, first, std::min(segment->length, tokens - first)};
}

/// S3: cols is the smallest power of two that is at least sqrt(length), and
/// the rows follow from the full length, wherever S cuts it.
static Grid gridOf(const Segment &segment) {
  if (segment.order.grid)
    return *segment.order.grid;
  int64_t cols = 1;
  while (cols < segment.length / cols + (segment.length % cols != 0))
    cols *= 2;
  return {segment.length / cols + (segment.length % cols != 0), cols};
}

static std::vector<int64_t> invert(const std::vector<int64_t> &order) {
  std::vector<int64_t> positions(order.size());
  for (size_t position = 0; position < order.size(); ++position)
    positions[order[position]] = position;
  return positions;
}

/// The position of each of the segment's tokens in its order (S3, S4).
const std::vector<int64_t> &Definition::positionsOf(const Placed &placed) {
  bool hilbert = placed.segment->order.kind == OrderKind::Hilbert;
  // One row of cells is the identity.
  Grid grid =
      hilbert ? ::rdattn::run::gridOf(*placed.segment) : Grid{1, placed.tokens};
  auto [at, isNew] = known.try_emplace({grid.rows, grid.cols, placed.tokens});
  if (isNew)
    at->second = invert(walkCurve(grid, placed.tokens));
  return at->second;
}

/// S7: with per_head, head h computes class h / ceil(H / r) alone.
static bool computesClass(const Branch &branch, int64_t heads, int64_t head,
                          int64_t dilation, int64_t position) {
  if (!branch.perHead)
    return true;
  int64_t headsPerClass = heads / dilation + (heads % dilation != 0);
  return position % dilation == head / headsPerClass;
}

void Definition::addKeys(const Branch &branch, int64_t head, int64_t row,
                         std::vector<int64_t> &keys) {
  Placed placed = segmentOf(branch, row);
  const std::vector<int64_t> &positions = positionsOf(placed);
  int64_t dilation = placed.segment->dilation;
  int64_t self = positions[row - placed.first];
  if (!computesClass(branch, heads, head, dilation, self))
    return;
  for (int64_t key = 0; key < placed.tokens; ++key) {
    int64_t apart = std::abs(positions[key] - self);
    bool sameClass = apart % dilation == 0;
    // S11: |apart| < window * dilation, which might overflow.
    bool inWindow =
        !placed.segment->window || apart / dilation < *placed.segment->window;
    bool notLater = !causal || placed.first + key <= row; // S1
    if (sameClass && inWindow && notLater)
      keys.push_back(placed.first + key);
  }
}

std::vector<int64_t> Definition::keysOf(int64_t head, int64_t row) {
  std::vector<int64_t> keys;
  for (const Branch &branch : pattern.branches)
    addKeys(branch, head, row, keys);
  return keys;
}

} // namespace rdattn::run
