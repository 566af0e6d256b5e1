//===- RingPacking.cpp - The rows that a step sends, as a table -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingPacking.h"

#include <algorithm>

namespace rdattn::planner {

static int32_t narrow(int64_t value) { return static_cast<int32_t>(value); }

/// Appends the rows of one progression, and moves `place` past them.
static void append(const HeadRange &heads, const Progression &rows,
                   int64_t &place, std::vector<PackItem> &items) {
  const int64_t most = std::max<int64_t>(1, kPackItemRows / heads.size());
  for (int64_t begin = 0; begin < rows.count; begin += most) {
    const int64_t tokens = std::min(most, rows.count - begin);
    items.push_back({narrow(rows[begin]), tokens > 1 ? narrow(rows.stride) : 1,
                     narrow(tokens), narrow(heads.begin), narrow(heads.size()),
                     narrow(place)});
    place += tokens * heads.size();
  }
}

std::vector<PackItem> makePackTable(const std::vector<Transfer> &sends) {
  std::vector<PackItem> items;
  int64_t place = 0;
  for (const Transfer &transfer : sends)
    for (const Progression &rows : transfer.rows.progressions())
      append(transfer.kvHeads, rows, place, items);
  return items;
}

} // namespace rdattn::planner
