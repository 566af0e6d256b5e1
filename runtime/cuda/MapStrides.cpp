//===- MapStrides.cpp - Which classes tensor maps can read ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/MapStrides.h"

#include <algorithm>
#include <map>
#include <vector>

using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

static int64_t limitOf(int64_t stride, int64_t tokens) {
  return tokens / stride * stride;
}

namespace {
/// Rows first + i * stride, i below count; of a list the stride is 0.
struct Rows {
  int32_t first, stride;
  int64_t count;

  bool areReadable(int64_t tokens) const {
    return stride > 0 && first + (count - 1) * stride < limitOf(stride, tokens);
  }
};

/// How often the items of a table step through a tensor by each stride.
class StrideUses {
public:
  explicit StrideUses(int64_t tokens) : tokens(tokens) {}
  StrideUses(const StrideUses &) = delete;

  void add(const Rows &rows) {
    if (!rows.areReadable(tokens))
      return;
    if (last == uses.end() || last->first != rows.stride)
      last = uses.try_emplace(rows.stride, 0).first;
    ++last->second;
  }

  StrideList rank() const {
    std::vector<std::pair<int32_t, int64_t>> ranked(uses.begin(), uses.end());
    std::sort(ranked.begin(), ranked.end(), [](auto &a, auto &b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    StrideList list;
    for (auto [stride, items] : ranked)
      if (list.count < RDATTN_CUDA_MAPS) {
        list.strides[list.count] = stride;
        list.limits[list.count++] =
            static_cast<int32_t>(limitOf(stride, tokens));
      }
    return list;
  }

  bool reads(const StrideList &list, const Rows &rows) const {
    return rows.areReadable(tokens) &&
           std::count(list.strides, list.strides + list.count, rows.stride) > 0;
  }

private:
  const int64_t tokens;
  std::map<int32_t, int64_t> uses;
  /// That of the item before, which is mostly the item's too.
  std::map<int32_t, int64_t>::iterator last = uses.end();
};
} // namespace

static Rows queriesOf(const planner::WorkItem &item) {
  return {item.first, item.list < 0 ? item.stride : 0, item.rows};
}
static Rows keysOf(const planner::WorkItem &item) { return queriesOf(item); }
static bool isBand(const planner::WorkItem &) { return true; }

static Rows queriesOf(const planner::RingItem &item) {
  return {item.first, item.list < 0 ? item.stride : 0, item.rows};
}
static Rows keysOf(const planner::RingItem &item) {
  return {item.keyFirst, item.keyList < 0 ? item.keyStride : 0, item.keys};
}
static bool isBand(const planner::RingItem &item) {
  return item.window == 0 && item.queryTokens < 0;
}

template <typename Item>
static MapStrides find(const Item *first, const Item *last, int64_t tokens,
                       int64_t keyTokens) {
  StrideUses queries(tokens), keys(keyTokens);
  for (const Item *item = first; item != last; ++item) {
    queries.add(queriesOf(*item));
    keys.add(keysOf(*item));
  }
  MapStrides found = {queries.rank(), keys.rank()};
  found.readAll = std::all_of(first, last, [&](const Item &item) {
    return isBand(item) && queries.reads(found.queries, queriesOf(item)) &&
           keys.reads(found.keys, keysOf(item));
  });
  return found;
}

MapStrides rdattn::runtime::cuda::findMapStrides(const TableView &tables,
                                                 const ItemRange &range,
                                                 int64_t tokens,
                                                 int64_t keyTokens) {
  auto findIn = [&](const auto *items) {
    return find(items + range.first, items + range.first + range.count, tokens,
                keyTokens);
  };
  return tables.areOfRing() ? findIn(tables.itemsAs<planner::RingItem>())
                            : findIn(tables.itemsAs<planner::WorkItem>());
}
