//===- RingTraffic.cpp - About how many rows a layout moves ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingTraffic.h"

#include "lib/Planner/Census.h"
#include "lib/Planner/RingClass.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace rdattn::planner {
namespace {

/// Tokens of a segment, [begin, end).
struct Range {
  int64_t begin, end;

  int64_t size() const { return std::max<int64_t>(0, end - begin); }
};

Range intersection(const Range &a, const Range &b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

/// What the queries of a segment see: `reach` tokens to each side.
struct View {
  int64_t reach;
  bool causal;
};

View viewOf(const ClassGroup &group, bool causal) {
  if (!group.window || group.access == Access::Gathered)
    return {group.length, causal};
  int64_t rows = ceilDiv(group.length, group.stride);
  return {(std::min(*group.window, rows) - 1) * group.stride, causal};
}

/// Tokens of one segment that a shard sees and does not hold.
int64_t missingTokens(const Shard &shard, const Range &segment,
                      const View &view) {
  int64_t seen = 0, held = 0, end = segment.begin;
  for (const Chunk &chunk : shard) {
    Range own =
        intersection(segment, {chunk.tokens.first, chunk.tokens.last() + 1});
    if (own.size() == 0)
      continue;
    Range around =
        intersection(segment, {own.begin - view.reach,
                               own.end + (view.causal ? 0 : view.reach)});
    seen += intersection(around, {end, segment.end}).size();
    held += own.size();
    end = std::max(end, around.end);
  }
  return seen - held;
}

/// Only the segments at the ends of a chunk reach out of it.
int64_t missingOfGroup(const ClassGroup &group, const Shard &shard,
                       const View &view) {
  std::set<int64_t> segments;
  for (const Chunk &chunk : shard) {
    SegmentRange range =
        segmentsIn(group, chunk.tokens.first, chunk.tokens.last() + 1);
    if (range.begin < range.end)
      segments.insert({range.begin, range.end - 1});
  }
  int64_t missing = 0;
  for (int64_t t : segments) {
    int64_t begin = group.first + t * group.period;
    missing += missingTokens(shard, {begin, begin + group.length}, view);
  }
  return missing;
}

/// Rows of a class of which every `period` ranks in turn hold one.
double missingOfStripes(double rows, double period, double width, bool causal) {
  double ranks = std::min(rows, period);
  if (width < period) // no two queries of a rank see the same key
    return rows * (width - 1);
  return causal ? ranks * (2 * rows - ranks + 1) / 2 - rows
                : (ranks - 1) * rows;
}

double missingOfStripes(const ClassGroup &group, int64_t size, bool causal) {
  View view = viewOf(group, causal);
  int64_t period = size;
  if (group.access != Access::Gathered)
    period /= std::gcd(size, group.stride);
  int64_t rows = view.reach / group.stride;
  double width = double(view.causal ? rows + 1 : 2 * rows + 1);
  Census census = countClasses(group, false, 1);
  auto missing = [&](int64_t n) {
    return n == 0 ? 0
                  : missingOfStripes(double(n), double(period), width,
                                     view.causal);
  };
  return double(group.times) *
         (double(census.longer) * missing(census.longerRows) +
          double(census.shorter) * missing(census.shorterRows));
}

} // namespace

double estimateRowsMoved(const std::vector<BranchClasses> &branches,
                         int64_t tokens, bool causal, const Ring &ring) {
  double moved = 0;
  for (const BranchClasses &branch :
       simplifyFor(branches, tokens, PlanOptions()))
    for (const ClassGroup &group : branch.groups) {
      double weight = branch.perHead ? 1.0 / double(group.stride) : 1.0;
      if (ring.layout == Layout::Striped) {
        moved += weight * missingOfStripes(group, ring.size, causal);
        continue;
      }
      View view = viewOf(group, causal);
      for (int64_t rank = 0; rank < ring.size; ++rank)
        moved +=
            weight *
            double(missingOfGroup(group, shardOf(ring, tokens, rank), view));
    }
  return moved;
}

} // namespace rdattn::planner
