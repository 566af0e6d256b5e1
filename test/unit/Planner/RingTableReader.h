//===- RingTableReader.h - A ring's table, word by word ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What RingItems.h says of the columns, for tests that walk a table as compiled
// code does.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_UNIT_PLANNER_RINGTABLEREADER_H
#define RDATTN_TEST_UNIT_PLANNER_RINGTABLEREADER_H

#include "lib/Planner/RingItems.h"

#include <algorithm>
#include <cstdlib>

namespace rdattn::test {

/// One item with the lists of its table.
struct RingTile {
  const planner::RingItem &item;
  const int32_t *lists;

  /// Queries [begin(), end(queries)) of the piece.
  int64_t begin() const { return item.row; }
  int64_t end(int64_t queries) const {
    return std::min<int64_t>(item.row + queries, item.rows);
  }

  /// The local row of query i.
  int64_t queryRow(int64_t i) const {
    return item.list < 0 ? item.first + i * item.stride
                         : item.first + int64_t(lists[item.list + i]);
  }

  /// The row of k and v of key j.
  int64_t keyRow(int64_t j) const {
    return item.keyList < 0 ? item.keyFirst + j * item.keyStride
                            : item.keyFirst + int64_t(lists[item.keyList + j]);
  }

  bool sees(int64_t i, int64_t j) const {
    if (j < i + item.low || j > i + item.high)
      return false;
    if (item.window > 0 &&
        std::abs(lists[item.queryPositions + i] -
                 lists[item.keyPositions + j]) >= item.window)
      return false;
    return item.queryTokens < 0 ||
           lists[item.keyTokens + j] <= lists[item.queryTokens + i];
  }
};

} // namespace rdattn::test

#endif // RDATTN_TEST_UNIT_PLANNER_RINGTABLEREADER_H
