//===- RingReach.cpp - Keys that queries of a rank see --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingReach.h"

#include "lib/Planner/RingCounts.h"

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

} // namespace

Reach reachOf(const RingClass &cls, bool causal, const Progression &queries,
              const Progression &keys) {
  Band band =
      scaled(rowsSeen(cls, causal), keys.first - queries.first, keys.stride);
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
      items[count - 1].second =
          std::max(items[count - 1].second, all[i].second);
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
