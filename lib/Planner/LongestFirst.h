//===- LongestFirst.h - The order of a table's items ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_LONGESTFIRST_H
#define RDATTN_PLANNER_LONGESTFIRST_H

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

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_LONGESTFIRST_H
