//===- RingReach.cpp - Which keys of one rank queries of another see ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingReach.h"

#include <algorithm>

namespace rdattn::planner {
namespace {

/// Rows of a class that a query sees, relative to its own.
Band rowsSeen(const RingClass &cls, bool causal) {
  Band band;
  if (cls.group->window) {
    int64_t most = std::min(*cls.group->window, cls.rows()) - 1;
    band = {-most, most};
  }
  if (causal)
    band.high = 0;
  return band;
}

/// Members are every stride-th row from `ahead` on: the band of rows as one of
/// members.
Band scaled(Band rows, int64_t ahead, int64_t stride) {
  if (rows.low != Band::kNoLow)
    rows.low = -floorDiv(ahead - rows.low, stride);
  if (rows.high != Band::kNoHigh)
    rows.high = floorDiv(rows.high - ahead, stride);
  return rows;
}

Band shifted(Band band, int64_t by) {
  if (band.low != Band::kNoLow)
    band.low += by;
  if (band.high != Band::kNoHigh)
    band.high += by;
  return band;
}

/// Cuts off queries that see nothing and keys that nothing sees; nothing is
/// left where no pair is. A bound that then cuts nothing is dropped.
Reach trimmed(Band band, int64_t queries, int64_t keys) {
  if (band.low > band.high)
    return {};
  int64_t first = band.high == Band::kNoHigh ? 0 : -band.high;
  int64_t last = band.low == Band::kNoLow ? queries - 1 : keys - 1 - band.low;
  first = std::max<int64_t>(first, 0);
  last = std::min(last, queries - 1);
  if (first > last)
    return {};
  int64_t firstKey = 0, lastKey = keys - 1;
  if (band.low != Band::kNoLow)
    firstKey = std::max(firstKey, first + band.low);
  if (band.high != Band::kNoHigh)
    lastKey = std::min(lastKey, last + band.high);
  Reach reach{first, last - first + 1, firstKey, lastKey - firstKey + 1,
              shifted(band, first - firstKey)};
  if (reach.band.low <= 1 - reach.queries)
    reach.band.low = Band::kNoLow;
  if (reach.band.high >= reach.keys - 1)
    reach.band.high = Band::kNoHigh;
  return reach;
}

/// The pairs with key - query <= high.
Wide countBelow(Wide high, Wide queries, Wide keys) {
  auto triangle = [](Wide n) { return n > 0 ? n * (n + 1) / 2 : Wide(0); };
  return triangle(queries + high) - triangle(high) -
         triangle(queries + high - keys) + triangle(high - keys);
}

} // namespace

Wide countPairs(const Band &band, int64_t queries, int64_t keys) {
  Wide pairs = Wide(queries) * keys;
  if (band.high != Band::kNoHigh)
    pairs = countBelow(band.high, queries, keys);
  if (band.low != Band::kNoLow)
    pairs -= countBelow(Wide(band.low) - 1, queries, keys);
  return pairs;
}

Reach reachOf(const RingClass &cls, bool causal, const Progression &queries,
              const Progression &keys) {
  Band band = scaled(rowsSeen(cls, causal), keys.first - queries.first,
                     keys.stride);
  return trimmed(band, queries.count, keys.count);
}

Reaches reachesOf(const RingClass &cls, bool causal, const Members &queries,
                  const Members &keys) {
  Reaches reaches;
  int64_t query = 0;
  for (int q = 0; q < queries.runCount; ++q) {
    const Progression &asking = queries.runs[q].rows;
    int64_t key = 0;
    for (int k = 0; k < keys.runCount; ++k) {
      const Progression &asked = keys.runs[k].rows;
      Reach reach = reachOf(cls, causal, asking, asked);
      reach.query += query;
      reach.key += key;
      if (reach.queries > 0)
        reaches.items[reaches.count++] = reach;
      key += asked.count;
    }
    query += asking.count;
  }
  return reaches;
}

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

namespace {

/// Where runs reach: [begin, end) of keys, ascending and apart.
class Intervals {
public:
  using Interval = std::pair<int64_t, int64_t>;

  explicit Intervals(const Reaches &reaches);

  const Interval *begin() const { return items.data(); }
  const Interval *end() const { return items.data() + count; }

private:
  std::array<Interval, 4> items;
  int count = 0;
};

Intervals::Intervals(const Reaches &reaches) {
  std::array<Interval, 4> all;
  for (int i = 0; i < reaches.count; ++i) {
    const Reach &reach = reaches.items[i];
    all[i] = {reach.key, reach.key + reach.keys};
  }
  std::sort(all.begin(), all.begin() + reaches.count);
  for (int i = 0; i < reaches.count; ++i) {
    if (count > 0 && all[i].first <= items[count - 1].second)
      items[count - 1].second = std::max(items[count - 1].second, all[i].second);
    else
      items[count++] = all[i];
  }
}

Wide countPairs(const Reaches &reaches) {
  Wide pairs = 0;
  for (const Reach &reach : reaches)
    pairs += countPairs(reach.band, reach.queries, reach.keys);
  return pairs;
}

Sight lookAtLists(const RingClass &cls, bool causal, const Members &queries,
                  const Members &keys) {
  Sight sight;
  std::vector<int64_t> seers =
      countSeers(cls, causal, queries.rows(), keys.rows());
  for (size_t k = 0; k < seers.size(); ++k) {
    sight.pairs += seers[k];
    if (seers[k] > 0)
      sight.needed.append(static_cast<int64_t>(k));
  }
  return sight;
}

} // namespace

Sight lookAt(const RingClass &cls, bool causal, const Members &queries,
             const Members &keys) {
  if (cls.byRank)
    return lookAtLists(cls, causal, queries, keys);
  Sight sight;
  sight.reaches = reachesOf(cls, causal, queries, keys);
  sight.pairs = countPairs(sight.reaches);
  for (const auto &[begin, end] : Intervals(sight.reaches))
    sight.needed.append({begin, end - begin, 1});
  return sight;
}

Tally tallyOf(const RingClass &cls, bool causal, const Members &queries,
              const Members &keys) {
  if (cls.byRank) {
    Sight sight = lookAtLists(cls, causal, queries, keys);
    return {sight.needed.size(), sight.pairs};
  }
  Reaches reaches = reachesOf(cls, causal, queries, keys);
  Tally tally{0, countPairs(reaches)};
  for (const auto &[begin, end] : Intervals(reaches))
    tally.needed += end - begin;
  return tally;
}

} // namespace rdattn::planner
