//===- RingClass.cpp - One class and what a rank holds of it --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingClass.h"

#include "lib/Planner/Integers.h"

namespace rdattn::planner {

void RowsByRank::sort() {
  std::sort(entries.begin(), entries.end());
  rows.reserve(entries.size());
  for (const auto &entry : entries)
    rows.push_back(entry.second);
}

RowList RowsByRank::operator[](int64_t rank) const {
  auto first = std::lower_bound(entries.begin(), entries.end(),
                                std::make_pair(static_cast<int32_t>(rank), 0));
  auto end = std::lower_bound(
      first, entries.end(), std::make_pair(static_cast<int32_t>(rank + 1), 0));
  return {rows.data() + (first - entries.begin()), end - first};
}

std::vector<int64_t> RowsByRank::ranks() const {
  std::vector<int64_t> ranks;
  for (const auto &entry : entries)
    if (ranks.empty() || ranks.back() != entry.first)
      ranks.push_back(entry.first);
  return ranks;
}

int64_t Members::size() const {
  int64_t total = list.size;
  for (int i = 0; i < runCount; ++i)
    total += runs[i].rows.count;
  return total;
}

std::vector<int32_t> Members::rows() const {
  std::vector<int32_t> result(list.rows, list.rows + list.size);
  result.reserve(size());
  for (int i = 0; i < runCount; ++i)
    for (int64_t k = 0; k < runs[i].rows.count; ++k)
      result.push_back(static_cast<int32_t>(runs[i].rows[k]));
  return result;
}

/// The local rows of members [begin, begin + count) of a run.
static void appendRun(const RingClass &cls, const Members::Run &run,
                      int64_t begin, int64_t count, RowSequence &result) {
  const Chunk &chunk = run.chunk;
  if (cls.gathered.rows) {
    for (int64_t i = begin; i < begin + count; ++i)
      result.append(chunk.rowOf(cls.token(run.rows[i])));
    return;
  }
  int64_t first = chunk.rowOf(cls.token(run.rows[begin]));
  int64_t stride = 1;
  if (count > 1)
    stride = chunk.rowOf(cls.token(run.rows[begin + 1])) - first;
  result.append({first, count, stride});
}

/// The local rows of members [begin, begin + count).
static void appendMembers(const RingClass &cls, const Members &members,
                          int64_t begin, int64_t count, RowSequence &result) {
  for (int64_t i = begin; i < begin + count && members.list.rows; ++i)
    result.append(members.shard.rowOf(cls.token(members.list.rows[i])));
  for (int r = 0; r < members.runCount; ++r) {
    const Members::Run &run = members.runs[r];
    int64_t from = std::min(begin, run.rows.count);
    int64_t taken = std::min(count, run.rows.count - from);
    if (taken > 0)
      appendRun(cls, run, from, taken, result);
    begin -= from;
    count -= taken;
  }
}

RowSequence localRows(const RingClass &cls, const Members &members,
                      const RowSequence &ordinals) {
  RowSequence result;
  for (const Progression &part : ordinals.progressions()) {
    if (part.stride == 1) {
      appendMembers(cls, members, part.first, part.count, result);
      continue;
    }
    for (int64_t i = 0; i < part.count; ++i)
      appendMembers(cls, members, part[i], 1, result);
  }
  return result;
}

Progression rowsBetween(const RingClass &cls, int64_t begin, int64_t end) {
  if (!cls.gathered.rows)
    return intersect(cls.tokens, {begin, end - begin, 1});
  const int32_t *rows = cls.gathered.rows, *past = rows + cls.rows();
  const int32_t *first = std::lower_bound(rows, past, begin - cls.segment);
  const int32_t *last = std::lower_bound(first, past, end - cls.segment);
  return {first - rows, last - first, 1};
}

SegmentRange segmentsIn(const ClassGroup &group, int64_t from, int64_t to) {
  if (group.times == 1)
    return {0, group.first < to && group.first + group.length > from};
  int64_t begin = floorDiv(from - group.first - group.length, group.period) + 1;
  int64_t end = floorDiv(to - 1 - group.first, group.period) + 1;
  return {std::max<int64_t>(0, begin), std::min(group.times, end)};
}

} // namespace rdattn::planner
