//===- Cost.cpp - What a pattern costs, in closed form --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Census.h"
#include "lib/Planner/Messages.h"

#include <algorithm>

namespace rdattn::planner {

std::vector<BranchClasses>
simplifyFor(const std::vector<BranchClasses> &branches, int64_t tokens,
            const PlanOptions &options) {
  std::vector<BranchClasses> result(branches.size());
  for (size_t b = 0; b < branches.size(); ++b) {
    result[b].perHead = branches[b].perHead;
    for (const ClassGroup &group : branches[b].groups)
      if (group.first < tokens)
        result[b].groups.push_back(group);
    // First, as clipping parts groups that would merge.
    simplify(result[b], options.isolates);
    clipGroups(result[b], tokens);
    simplify(result[b], options.isolates);
  }
  return result;
}

Census countClasses(const ClassGroup &group, bool perHead, int64_t heads) {
  Census census;
  int64_t classes = group.stride, longer = group.length % group.stride;
  census.shorterRows = group.length / group.stride;
  census.longerRows = census.shorterRows + 1;
  if (perHead) {
    Wide share = headsPerClass(heads, classes);
    census.longer = std::min<Wide>(heads, longer * share);
    census.shorter = heads - census.longer;
  } else {
    census.longer = Wide(longer) * heads;
    census.shorter = Wide(classes - longer) * heads;
  }
  return census;
}

/// Row i sees min(i, m) rows before it, as many after it, and itself, with
/// m = window - 1. Of these pairs, causal keeps one of each two unequal ones.
static Wide countPairs(Wide rows, std::optional<int64_t> window, bool causal) {
  if (rows == 0)
    return 0;
  Wide m = window ? std::min<Wide>(*window, rows) - 1 : rows - 1;
  Wide full = rows + m * (2 * rows - m - 1);
  return causal ? (full + rows) / 2 : full;
}

/// Without a known tile height every class is one tile.
static Wide countTiles(int64_t rows, int64_t queries) {
  if (rows == 0 || queries < 1)
    return rows != 0;
  return ceilDiv(rows, queries);
}

namespace {
struct Totals {
  Wide pairs = 0, items = 0, listed = 0;
};
} // namespace

/// \pre S is at most 2^31 - 1 and the branches are clipped to it.
static Totals countAll(const std::vector<BranchClasses> &branches,
                       const Sizes &sizes, const PlanOptions &options) {
  Totals totals;
  for (const BranchClasses &branch : branches)
    for (const ClassGroup &group : branch.groups) {
      Census n = countClasses(group, branch.perHead, sizes.heads);
      auto sum = [&](auto of) {
        return (n.longer * of(n.longerRows) + n.shorter * of(n.shorterRows)) *
               group.times;
      };
      totals.pairs += sum([&](int64_t rows) {
        return countPairs(rows, group.window, options.causal);
      });
      totals.items +=
          sum([&](int64_t rows) { return countTiles(rows, options.queries); });
      if (group.access == Access::Gathered)
        totals.listed += group.length;
    }
  totals.pairs *= sizes.batch;
  totals.items *= sizes.batch;
  return totals;
}

static Violation checkCounts(const Sizes &sizes) {
  if (Violation v = checkAtLeast("B", sizes.batch, 0))
    return v;
  if (Violation v = checkAtLeast("S", sizes.tokens, 0))
    return v;
  if (Violation v = checkAtLeast("H", sizes.heads, 0))
    return v;
  if (Violation v = checkAtLeast("G", sizes.kvHeads, sizes.heads > 0 ? 1 : 0))
    return v;
  if (sizes.heads > 0 && sizes.heads % sizes.kvHeads != 0)
    return "H = " + std::to_string(sizes.heads) +
           " query heads must be a multiple of G = " +
           std::to_string(sizes.kvHeads) + " key/value heads";
  for (int64_t size : {sizes.batch, sizes.tokens, sizes.heads})
    if (size > kMaxInt32)
      return "B, S and H must be below 2^31, but one is " +
             std::to_string(size);
  return std::nullopt;
}

Violation checkSizes(const std::vector<BranchClasses> &branches,
                     const Sizes &sizes, const PlanOptions &options) {
  if (Violation v = checkCounts(sizes))
    return v;
  for (const BranchClasses &branch : branches) {
    std::optional<int64_t> covered = coveredTokens(branch);
    if (covered && *covered < sizes.tokens)
      return tooLong(sizes.tokens, *covered);
  }
  if (sizes.batch == 0 || sizes.heads == 0)
    return std::nullopt;
  Totals totals =
      countAll(simplifyFor(branches, sizes.tokens, options), sizes, options);
  if (totals.items > kMaxInt32)
    return "the work table would have " +
           std::to_string(saturate(totals.items)) +
           " rows, but 2^31 - 1 is the most; lower B, S or H, or use longer "
           "segments";
  if (totals.listed > kMaxInt32)
    return "the row lists would have " +
           std::to_string(saturate(totals.listed)) +
           " entries, but 2^31 - 1 is the most; use fewer branches or a "
           "shorter S";
  return std::nullopt;
}

Cost estimateCost(const std::vector<BranchClasses> &branches,
                  const Sizes &sizes, const PlanOptions &options,
                  int64_t headDim, int64_t valueDim, int64_t elementBytes) {
  Totals totals =
      countAll(simplifyFor(branches, sizes.tokens, options), sizes, options);
  double dims = double(headDim) + double(valueDim);
  double rows = double(sizes.batch) * double(sizes.tokens);
  Cost cost;
  cost.pairs = saturate(totals.pairs);
  cost.flops = 2 * double(totals.pairs) * dims;
  double perRow = (double(sizes.heads) + double(sizes.kvHeads)) * dims;
  cost.bytes = rows * (perRow * double(elementBytes) +
                       double(sizes.heads) * sizeof(float));
  cost.items = saturate(totals.items);
  return cost;
}

} // namespace rdattn::planner
