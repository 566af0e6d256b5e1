//===- Balance.cpp - How evenly blocks share the work ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Balance.h"

#include "lib/Planner/Plan.h"
#include "tools/rdattn-run/Failure.h"

#include <algorithm>
#include <queue>

namespace rdattn::run {

/// Tiles of keys that an item visits: those of its class, from the first to
/// the last that one of its rows may see.
static int64_t keyTilesOf(const planner::WorkItem &item, bool causal,
                          const Tiling &tiling) {
  int64_t begin = 0, end = item.rows;
  int64_t last = std::min<int64_t>(item.row + tiling.queries, item.rows);
  if (item.window) {
    begin = std::max<int64_t>(0, int64_t(item.row) - item.window + 1);
    end = std::min<int64_t>(end, last + item.window - 1);
  }
  // A class in curve order is not sorted by token.
  bool isSorted = item.list < 0 || !item.window;
  if (causal && isSorted)
    end = std::min(end, last);
  return (end - begin + tiling.keys - 1) / tiling.keys;
}

/// Whoever is done first takes the next item; a branch waits for no other.
static Balance spread(const std::vector<planner::WorkItem> &items, bool causal,
                      const Tiling &tiling) {
  std::priority_queue<double, std::vector<double>, std::greater<>> blocks;
  for (int64_t block = 0; block < tiling.blocks; ++block)
    blocks.push(0);
  Balance balance;
  balance.items = static_cast<int64_t>(items.size());
  for (const planner::WorkItem &item : items) {
    double tiles = static_cast<double>(keyTilesOf(item, causal, tiling));
    double done = blocks.top() + tiles;
    blocks.pop();
    blocks.push(done);
    balance.keyTiles += tiles;
    balance.longest = std::max(balance.longest, done);
  }
  if (balance.longest > 0)
    balance.share =
        balance.keyTiles / static_cast<double>(tiling.blocks) / balance.longest;
  return balance;
}

llvm::Expected<Balance> balanceOf(const Attention &attention,
                                  const Sizes &sizes, const Tiling &tiling) {
  std::vector<planner::BranchClasses> branches;
  branches.reserve(attention.pattern.branches.size());
  for (const planner::Branch &branch : attention.pattern.branches)
    branches.push_back(planner::expandBranch(branch));
  planner::Sizes planned{sizes.batch, sizes.tokens, sizes.heads, sizes.kvHeads};
  planner::PlanOptions options;
  options.causal = attention.causal;
  options.queries = tiling.queries;
  options.runs = options.isolates = false;
  if (attention.causal) {
    options.order = planner::TileOrder::LongestFirst;
    options.group = 16;
  }
  if (auto violation = planner::checkSizes(branches, planned, options))
    return failure(*violation);
  planner::Plan plan = planner::makePlan(branches, planned, options);
  return spread(plan.items, attention.causal, tiling);
}

} // namespace rdattn::run
