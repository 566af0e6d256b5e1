//===- RingBuffer.cpp - The rows that one step brings, each once ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingBuffer.h"

#include <algorithm>

namespace rdattn::planner {

/// Where a class would be compared with more progressions than this, looking up
/// its rows is about as fast.
static constexpr size_t kMaxParts = 64;

Progression RingBuffer::append(const Progression &rows, int32_t branch) {
  Progression places{received.size(), rows.count, 1};
  parts.push_back({rows, places.first, branch});
  received.append(rows);
  return places;
}

/// False where progressions do not serve.
bool RingBuffer::find(const Progression &rows, int32_t branch,
                      std::vector<Found> &found) const {
  for (const Part &part : parts) {
    if (part.branch == branch)
      continue;
    if (parts.size() > kMaxParts || rows.stride < 1 || part.rows.stride < 1)
      return false;
    Progression common = intersect(rows, part.rows);
    if (common.count == 0)
      continue;
    if (common.count > 1 && common.stride > 1)
      return false;
    Progression places{
        (rows[common.first] - part.rows.first) / part.rows.stride + part.place,
        common.count, 1};
    if (common.count > 1)
      places.stride = rows.stride / part.rows.stride;
    found.push_back({common.first, places});
  }
  std::sort(found.begin(), found.end(),
            [](const Found &a, const Found &b) { return a.begin < b.begin; });
  return true;
}

void RingBuffer::addProgression(const Progression &rows, int32_t branch,
                                RowSequence &places) {
  std::vector<Found> found;
  if (!find(rows, branch, found)) {
    makeTable();
    return addListed(rows, places);
  }
  int64_t next = 0;
  auto appendUntil = [&](int64_t end) {
    if (next < end)
      places.append(append({rows[next], end - next, rows.stride}, branch));
  };
  for (const Found &run : found) {
    appendUntil(run.begin);
    places.append(run.places);
    next = run.begin + run.places.count;
  }
  appendUntil(rows.count);
}

void RingBuffer::makeTable() {
  table.assign(shardRows, -1);
  int32_t place = 0;
  for (int32_t row : received.list())
    table[row] = place++;
}

void RingBuffer::addListed(const Progression &rows, RowSequence &places) {
  for (int64_t i = 0; i < rows.count; ++i) {
    int32_t &place = table[rows[i]];
    if (place < 0) {
      place = static_cast<int32_t>(received.size());
      received.append(rows[i]);
    }
    places.append(place);
  }
}

RowSequence RingBuffer::add(const RowSequence &rows, int32_t branch) {
  RowSequence places;
  for (const Progression &part : rows.progressions())
    if (table.empty())
      addProgression(part, branch, places);
    else
      addListed(part, places);
  return places;
}

} // namespace rdattn::planner
