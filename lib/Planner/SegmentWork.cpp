//===- SegmentWork.cpp - How many keys its tokens see ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/SegmentWork.h"

#include "lib/Planner/RingCounts.h"

#include <numeric>

namespace rdattn::planner {

SegmentWork::SegmentWork(const ClassGroup &group, bool causal)
    : causal(causal), listed(group.access == Access::Gathered),
      length(group.length), stride(group.stride),
      most(std::min(group.window.value_or(length), length) - 1) {
  if (listed)
    listTokens(group);
}

void SegmentWork::listTokens(const ClassGroup &group) {
  HilbertClasses classes(*group.grid, length, stride, !group.window);
  seen.resize(length);
  RingClass cls;
  cls.group = &group;
  for (int64_t c = 0; c < classes.count(); ++c) {
    cls.gathered = classes[c];
    std::vector<int32_t> rows(cls.gathered.size);
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<int64_t> counts = countSeen(cls, causal, rows, rows);
    for (size_t i = 0; i < counts.size(); ++i)
      seen[cls.token(static_cast<int64_t>(i))] = counts[i];
  }
  sums.resize(length + 1);
  for (int64_t token = 0; token < length; ++token)
    sums[token + 1] = sums[token] + double(seen[token]);
}

/// The sum over tokens t < end of the rows before t that it sees:
/// min(floor(t / stride), most).
Wide SegmentWork::rowsBefore(int64_t end) const {
  Wide near = std::min<Wide>(end, Wide(most) * stride);
  Wide rows = near / stride, rest = near % stride;
  return rows * (rows - 1) / 2 * stride + rest * rows + (end - near) * most;
}

Wide SegmentWork::rowsBeforeEvery(int64_t first, int64_t step,
                                  int64_t count) const {
  Wide bound = Wide(most) * stride; // from here on a token sees `most` rows
  Wide near = bound <= first ? 0 : (bound - first - 1) / step + 1;
  near = std::min<Wide>(near, count);
  return static_cast<Wide>(floorSum(near, stride, step, first)) +
         (count - near) * most;
}

double SegmentWork::below(int64_t end) const {
  if (listed)
    return sums[end];
  Wide sum = end + rowsBefore(end);
  if (!causal) // the rows after t are those before its mirror image
    sum += rowsBefore(length) - rowsBefore(length - end);
  return double(sum);
}

double SegmentWork::every(int64_t first, int64_t step) const {
  if (first >= length)
    return 0;
  if (listed) {
    double sum = 0;
    for (int64_t token = first; token < length; token += step)
      sum += double(seen[token]);
    return sum;
  }
  int64_t count = (length - 1 - first) / step + 1;
  int64_t last = first + (count - 1) * step;
  Wide sum = count + rowsBeforeEvery(first, step, count);
  if (!causal)
    sum += rowsBeforeEvery(length - 1 - last, step, count);
  return double(sum);
}

} // namespace rdattn::planner
