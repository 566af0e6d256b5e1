//===- RingCounts.cpp - Keys that are seen, by counting -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingCounts.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

namespace rdattn::planner {
namespace {

/// Counts of values that come and go, by rank.
class Counts {
public:
  explicit Counts(int64_t size) : tree(size + 1) {}

  void add(int64_t index, int64_t count) {
    for (++index; index < int64_t(tree.size()); index += index & -index)
      tree[index] += count;
  }
  /// The sum of the first `index` counts.
  int64_t below(int64_t index) const {
    int64_t sum = 0;
    for (; index > 0; index -= index & -index)
      sum += tree[index];
    return sum;
  }

private:
  std::vector<int64_t> tree;
};

/// For each of `of`, how many of `among` are fewer than `window` rows away and
/// have no greater value.
std::vector<int64_t> countNear(const std::vector<int32_t> &of,
                               const std::vector<int64_t> &ofValues,
                               const std::vector<int32_t> &among,
                               const std::vector<int64_t> &values,
                               int64_t window) {
  std::vector<int64_t> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  auto rank = [&](int64_t value) {
    return std::lower_bound(sorted.begin(), sorted.end(), value) -
           sorted.begin();
  };
  Counts inside(static_cast<int64_t>(among.size()));
  std::vector<int64_t> result;
  result.reserve(of.size());
  size_t entering = 0, leaving = 0;
  for (size_t i = 0; i < of.size(); ++i) {
    for (; entering < among.size() && among[entering] - of[i] < window;
         ++entering)
      inside.add(rank(values[entering]), 1);
    for (; leaving < entering && of[i] - among[leaving] >= window; ++leaving)
      inside.add(rank(values[leaving]), -1);
    result.push_back(inside.below(rank(ofValues[i] + 1)));
  }
  return result;
}

/// What causal compares: tokens, or nothing.
std::vector<int64_t> valuesOf(const RingClass &cls, bool causal, int64_t sign,
                              const std::vector<int32_t> &rows) {
  std::vector<int64_t> values(rows.size());
  for (size_t i = 0; i < rows.size() && causal; ++i)
    values[i] = sign * cls.token(rows[i]);
  return values;
}

} // namespace

std::vector<int64_t> countSeen(const RingClass &cls, bool causal,
                               const std::vector<int32_t> &queries,
                               const std::vector<int32_t> &keys) {
  return countNear(queries, valuesOf(cls, causal, 1, queries), keys,
                   valuesOf(cls, causal, 1, keys),
                   cls.group->window.value_or(kMaxInt64));
}

std::vector<int64_t> countSeers(const RingClass &cls, bool causal,
                                const std::vector<int32_t> &queries,
                                const std::vector<int32_t> &keys) {
  return countNear(keys, valuesOf(cls, causal, -1, keys), queries,
                   valuesOf(cls, causal, -1, queries),
                   cls.group->window.value_or(kMaxInt64));
}

} // namespace rdattn::planner
