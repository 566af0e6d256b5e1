//===- RingExchange.cpp - What one rank sends another ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingExchange.h"

#include "lib/Planner/RingBuffer.h"

#include <algorithm>

namespace rdattn::planner {

/// The key/value heads at which the set of classes that need rows changes.
static std::vector<int64_t> headBounds(const std::vector<Need> &needs) {
  std::vector<int64_t> bounds;
  for (const Need &need : needs) {
    bounds.push_back(need.cls->kvHeads.begin);
    bounds.push_back(need.cls->kvHeads.end);
  }
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  return bounds;
}

static bool covers(const HeadRange &outer, const HeadRange &inner) {
  return outer.begin <= inner.begin && inner.end <= outer.end;
}

static void addTransfer(const std::vector<Need> &needs, HeadRange kvHeads,
                        int64_t shardRows, Exchange &exchange) {
  RingBuffer buffer(shardRows);
  std::vector<RowSequence> places(needs.size());
  for (size_t i = 0; i < needs.size(); ++i)
    if (covers(needs[i].cls->kvHeads, kvHeads))
      places[i] = buffer.add(needs[i].rows, needs[i].cls->branch);
  if (buffer.rows().empty())
    return;
  exchange.transfers.push_back({kvHeads, buffer.rows()});
  exchange.places.push_back(std::move(places));
}

Exchange exchangeOf(const std::vector<Need> &needs, int64_t shardRows) {
  Exchange exchange;
  std::vector<int64_t> bounds = headBounds(needs);
  for (size_t i = 1; i < bounds.size(); ++i)
    addTransfer(needs, {bounds[i - 1], bounds[i]}, shardRows, exchange);
  return exchange;
}

} // namespace rdattn::planner
