//===- Plan.cpp - The work table of one launch ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Plan.h"

#include "lib/Planner/Census.h"
#include "lib/Planner/LongestFirst.h"
#include "lib/Planner/RowLists.h"

namespace rdattn::planner {
namespace {

/// The heads [begin, end) that compute a class.
struct Heads {
  int64_t begin, end;
};

class Planner {
public:
  Planner(const Sizes &sizes, const PlanOptions &options)
      : sizes(sizes), options(options), lists(plan.rowList) {
    plan.phases.push_back(0);
  }

  void planBranch(BranchClasses branch);
  Plan take() { return std::move(plan); }

private:
  void planGroup(const ClassGroup &group, bool perHead);
  void planClass(WorkItem item, Heads heads);
  Heads headsOf(const ClassGroup &group, bool perHead, int64_t index) const;
  WorkItem itemOf(const ClassGroup &group, RowLists::Shape *shape,
                  int64_t index);
  int64_t keyRows(const WorkItem &item) const;

  Sizes sizes;
  PlanOptions options;
  Plan plan;
  RowLists lists;
};

/// S7: head h computes class h / ceil(H / r).
Heads Planner::headsOf(const ClassGroup &group, bool perHead,
                       int64_t index) const {
  if (!perHead)
    return {0, sizes.heads};
  int64_t share = headsPerClass(sizes.heads, group.stride);
  return {std::min(sizes.heads, index * share),
          std::min(sizes.heads, (index + 1) * share)};
}

/// The item of a class of the group's first segment, without its batch, head
/// and row.
WorkItem Planner::itemOf(const ClassGroup &group, RowLists::Shape *shape,
                         int64_t index) {
  WorkItem item{};
  int64_t rows = classSize(group.length, group.stride, index);
  item.rows = static_cast<int32_t>(rows);
  item.first = static_cast<int32_t>(group.first);
  item.list = -1;
  item.run = 1;
  // A class of one row takes no step, and its stride may exceed 32 bits.
  item.stride = rows == 1 ? 1 : static_cast<int32_t>(group.stride);
  item.window = group.window ? static_cast<int32_t>(*group.window) : 0;
  if (shape) {
    item.list = lists.offsetOf(*shape, index);
    item.run = static_cast<int32_t>(group.runs.rows);
    item.stride = static_cast<int32_t>(group.runs.stride);
  } else {
    item.first += static_cast<int32_t>(index);
  }
  return item;
}

void Planner::planClass(WorkItem item, Heads heads) {
  for (int64_t batch = 0; batch < sizes.batch; ++batch)
    for (int64_t head = heads.begin; head < heads.end; ++head)
      for (int64_t row = 0; row < item.rows; row += options.queries) {
        item.batch = static_cast<int32_t>(batch);
        item.head = static_cast<int32_t>(head);
        item.row = static_cast<int32_t>(row);
        plan.items.push_back(item);
      }
}

void Planner::planGroup(const ClassGroup &group, bool perHead) {
  RowLists::Shape *shape =
      group.access == Access::Gathered ? &lists.shapeOf(group) : nullptr;
  int64_t classes = std::min(group.length, group.stride);
  for (int64_t t = 0; t < group.times; ++t)
    for (int64_t index = 0; index < classes; ++index) {
      Heads heads = headsOf(group, perHead, index);
      if (heads.begin == heads.end)
        break; // S7: later classes have no head either
      WorkItem item = itemOf(group, shape, index);
      item.first += static_cast<int32_t>(t * group.period);
      planClass(item, heads);
    }
}

/// The key rows that the item's tiles span before masks inside a tile.
int64_t Planner::keyRows(const WorkItem &item) const {
  int64_t end = std::min<int64_t>(item.rows, item.row + options.queries);
  int64_t first = 0, last = item.rows;
  // A windowed class of a list is in curve order: causal is no bound there.
  if (options.causal && !(item.window > 0 && item.list >= 0))
    last = end;
  if (item.window > 0) {
    first = std::max<int64_t>(0, int64_t(item.row) - item.window + 1);
    last = std::min<int64_t>(last, end + item.window - 1);
  }
  return last - first;
}

void Planner::planBranch(BranchClasses branch) {
  size_t begin = plan.items.size();
  for (ClassGroup &group : branch.groups) {
    findRuns(group, sizes.tokens);
    if (!options.runs)
      group.runs = Runs();
    planGroup(group, branch.perHead);
  }
  if (options.order == TileOrder::LongestFirst)
    GroupSorter(plan.items, options.group, [&](const WorkItem &item) {
      return keyRows(item);
    }).sort(begin);
  plan.phases.push_back(static_cast<int32_t>(plan.items.size()));
}

} // namespace

Plan makePlan(const std::vector<BranchClasses> &branches, const Sizes &sizes,
              const PlanOptions &options) {
  Planner planner(sizes, options);
  bool empty = sizes.batch == 0 || sizes.tokens == 0 || sizes.heads == 0;
  for (const BranchClasses &branch :
       simplifyFor(branches, sizes.tokens, options))
    planner.planBranch(empty ? BranchClasses() : branch);
  return planner.take();
}

} // namespace rdattn::planner
