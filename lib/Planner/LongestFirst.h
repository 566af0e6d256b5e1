//===- LongestFirst.h - The order of a table's items ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_LONGESTFIRST_H
#define RDATTN_PLANNER_LONGESTFIRST_H

#include "lib/Planner/Plan.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rdattn::planner {

/// Sorts items [begin, end) by their key rows, most first. Equal ones keep
/// their order.
template <typename Item, typename KeyRows>
void sortLongestFirst(std::vector<Item> &items, size_t begin, size_t end,
                      KeyRows keyRows) {
  std::vector<std::pair<int64_t, size_t>> keys;
  keys.reserve(end - begin);
  for (size_t i = begin; i < end; ++i)
    keys.emplace_back(-int64_t(keyRows(items[i])), i);
  std::sort(keys.begin(), keys.end()); // the index makes it stable
  std::vector<Item> sorted;
  sorted.reserve(keys.size());
  for (const auto &key : keys)
    sorted.push_back(items[key.second]);
  std::copy(sorted.begin(), sorted.end(), items.begin() + begin);
}

/// Sorts items inside groups of consecutive triples of class, batch and head,
/// as PlanOptions::group says. Each triple begins with the item of its row 0.
template <typename Item, typename KeyRows> class GroupSorter {
public:
  GroupSorter(std::vector<Item> &items, int64_t group, KeyRows keyRows)
      : items(items), group(group), keyRows(keyRows) {}

  /// Sorts the items from `begin` on.
  void sort(size_t begin) {
    if (group == 0)
      return sortLongestFirst(items, begin, items.size(), keyRows);
    const int64_t triples = triplesPerGroup(begin);
    for (size_t end; begin < items.size(); begin = end) {
      end = endOfGroup(begin, triples);
      sortLongestFirst(items, begin, end, keyRows);
    }
  }

private:
  /// The end of the items of `most` triples, or of fewer with as many rows as
  /// kMaxGroupRows.
  size_t endOfGroup(size_t begin, int64_t most) const {
    int64_t triples = 0, rows = 0;
    size_t end = begin;
    for (; end < items.size(); ++end) {
      if (items[end].row != 0)
        continue;
      rows += items[end].rows;
      ++triples;
      if (triples > most || (triples > 1 && rows > kMaxGroupRows))
        break;
    }
    return end;
  }

  /// The triples of a group if no more groups are made than needed, and all are
  /// about as large: a small last one would leave its long items for the end.
  int64_t triplesPerGroup(size_t begin) const {
    int64_t triples = 0, groups = 0;
    for (size_t i = begin; i < items.size(); ++i)
      triples += items[i].row == 0;
    for (; begin < items.size(); ++groups)
      begin = endOfGroup(begin, group);
    return groups == 0 ? 1 : (triples + groups - 1) / groups;
  }

  std::vector<Item> &items;
  const int64_t group;
  KeyRows keyRows;
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_LONGESTFIRST_H
