//===- RowSequence.cpp - Rows in a given order, not enumerated ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RowSequence.h"

#include "lib/Planner/Integers.h"

#include <algorithm>
#include <numeric>

namespace rdattn::planner {

/// x with a * x = 1 (mod m), in [0, m). \pre gcd(a, m) == 1.
static int64_t inverse(int64_t a, int64_t m) {
  int64_t x = 0, next = 1, r = m, nextR = a % m;
  while (nextR != 0) {
    int64_t quotient = r / nextR;
    x = std::exchange(next, x - quotient * next);
    r = std::exchange(nextR, r - quotient * nextR);
  }
  return floorMod(x, m);
}

Progression intersect(const Progression &a, const Progression &b) {
  if (a.count == 0 || b.count == 0)
    return {};
  int64_t ahead = b.first - a.first;
  if (a.stride == 1 && b.stride == 1) { // the same, without divisions
    int64_t begin = std::max<int64_t>(0, ahead);
    int64_t end = std::min(a.count, ahead + b.count);
    return {begin, std::max<int64_t>(0, end - begin), 1};
  }
  int64_t common = std::gcd(a.stride, b.stride), step = b.stride / common;
  if (ahead % common != 0)
    return {};
  int64_t begin = std::max<int64_t>(0, -floorDiv(-ahead, a.stride));
  int64_t end = std::min(a.count, floorDiv(b.last() - a.first, a.stride) + 1);
  if (step > 1) {
    Wide residue = Wide(floorMod(ahead / common, step)) *
                   inverse(a.stride / common, step) % step;
    begin += floorMod(static_cast<int64_t>(residue) - begin, step);
  }
  return {begin, begin < end ? ceilDiv(end - begin, step) : 0, step};
}

/// Lets `last` take the rows of `next`, where these continue it.
static bool extend(Progression &last, const Progression &next) {
  int64_t stride = last.count > 1   ? last.stride
                   : next.count > 1 ? next.stride
                                    : next.first - last.first;
  if (stride == 0 || next.first != last.first + last.count * stride ||
      (next.count > 1 && next.stride != stride))
    return false;
  last.count += next.count;
  last.stride = stride;
  return true;
}

void RowSequence::append(const Progression &rows) {
  if (rows.count == 0)
    return;
  total += rows.count;
  if (!parts.empty() && extend(parts.back(), rows))
    return;
  parts.push_back(rows);
  if (rows.count == 1)
    parts.back().stride = 1;
}

std::optional<Progression> RowSequence::affine() const {
  if (parts.empty())
    return Progression();
  if (parts.size() > 1)
    return std::nullopt;
  return parts.front();
}

std::vector<int32_t> RowSequence::list() const {
  std::vector<int32_t> rows;
  rows.reserve(total);
  for (const Progression &part : parts)
    for (int64_t i = 0; i < part.count; ++i)
      rows.push_back(static_cast<int32_t>(part[i]));
  return rows;
}

RowSequence RowSequence::slice(int64_t begin, int64_t count) const {
  RowSequence result;
  for (const Progression &part : parts) {
    int64_t from = std::min(begin, part.count);
    int64_t taken = std::min(count, part.count - from);
    if (taken > 0)
      result.append({part[from], taken, part.stride});
    begin -= from;
    count -= taken;
  }
  return result;
}

} // namespace rdattn::planner
