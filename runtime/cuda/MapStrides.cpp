//===- MapStrides.cpp - Which classes tensor maps can read ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/MapStrides.h"

#include <algorithm>
#include <map>

using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

static int64_t limitOf(int64_t stride, int64_t tokens) {
  return tokens / stride * stride;
}

static bool isReadable(const planner::WorkItem &item, int64_t tokens) {
  return item.list < 0 && item.stride > 0 &&
         item.first + (item.rows - int64_t(1)) * item.stride <
             limitOf(item.stride, tokens);
}

MapStrides rdattn::runtime::cuda::findMapStrides(const TableView &tables,
                                                 int64_t tokens) {
  const planner::WorkItem *items = tables.workItems();
  const int64_t count = tables.itemCount();
  std::map<int32_t, int64_t> uses;
  auto use = uses.end(); // of the item before, which is mostly the item's too
  for (int64_t i = 0; i < count; ++i) {
    if (!isReadable(items[i], tokens))
      continue;
    if (use == uses.end() || use->first != items[i].stride)
      use = uses.try_emplace(items[i].stride, 0).first;
    ++use->second;
  }
  std::vector<std::pair<int32_t, int64_t>> ranked(uses.begin(), uses.end());
  std::sort(ranked.begin(), ranked.end(), [](auto &a, auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  MapStrides result;
  int64_t read = 0;
  for (auto [stride, items] : ranked) {
    if (result.count == RDATTN_CUDA_MAPS)
      break;
    result.strides[result.count] = stride;
    result.limits[result.count++] =
        static_cast<int32_t>(limitOf(stride, tokens));
    read += items;
  }
  result.readAll = read == count;
  return result;
}
