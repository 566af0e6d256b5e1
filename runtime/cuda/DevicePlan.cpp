//===- DevicePlan.cpp - A plan's tables on a device -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/DevicePlan.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

static std::atomic<uint64_t> plansUploaded{0};

extern "C" uint64_t rdattn_cuda_upload_count(void) { return plansUploaded; }

static rdattn_table1 vectorAt(Address address, const Words &words) {
  auto *begin = reinterpret_cast<int32_t *>(address);
  return {begin, begin, 0, {words.count}, {1}};
}

/// The bytes of a table, so that the next one begins on a cache line.
static size_t paddedBytes(const Words &words) {
  constexpr size_t kLine = 128;
  return (words.bytes() + kLine - 1) / kLine * kLine;
}

MaybeFailure DevicePlan::upload(Device &device, const TableView &tables,
                                std::shared_ptr<DevicePlan> &plan) {
  auto made = std::make_shared<DevicePlan>(device);
  const Words *all[] = {&tables.items, &tables.rows, &tables.phases};
  size_t bytes = 0;
  for (const Words *words : all)
    bytes += paddedBytes(*words);
  if (MaybeFailure failure = device.allocate(bytes, "a plan", made->memory))
    return failure;
  Address addresses[3], next = made->memory->memory;
  for (int i = 0; i < 3; ++i) {
    addresses[i] = next;
    next += paddedBytes(*all[i]);
  }
  if (MaybeFailure failure =
          device.runApart("copy a plan", [&](StreamHandle stream) {
            Result result = Success;
            for (int i = 0; i < 3; ++i)
              if (result == Success && all[i]->count != 0)
                result = device.api().copyToDevice(addresses[i], all[i]->data,
                                                   all[i]->bytes(), stream);
            return result;
          }))
    return failure;
  auto *items = reinterpret_cast<int32_t *>(addresses[0]);
  const int64_t columns = tables.columns;
  made->items = {items, items, 0, {tables.itemCount(), columns}, {columns, 1}};
  made->rows = vectorAt(addresses[1], tables.rows);
  made->phases = vectorAt(addresses[2], tables.phases);
  plan = std::move(made);
  ++plansUploaded;
  return std::nullopt;
}

/// Code counts on an offset of 0.
rdattn_table2 DevicePlan::itemsIn(const ItemRange &range) const {
  rdattn_table2 part = items;
  part.allocated = part.aligned += range.first * items.strides[0];
  part.sizes[0] = range.count;
  return part;
}

planner::VisitedRows DevicePlan::visitedRows(const TableView &tables,
                                             int64_t queries) {
  std::lock_guard<std::mutex> lock(mutex);
  if (countedQueries != queries)
    counted = planner::countVisitedRows(tables.itemsAs<planner::RingItem>(),
                                        tables.itemCount(), queries);
  countedQueries = queries;
  return counted;
}

const MapStrides &DevicePlan::stridesFor(const TableView &tables,
                                         const LaunchKey &key) {
  const int64_t rows = key.tensors[LaunchKey::Q].sizes[1];
  const int64_t keyRows = key.tensors[LaunchKey::K].sizes[1];
  if (tokens != rows || keyTokens != keyRows)
    strides.clear();
  tokens = rows;
  keyTokens = keyRows;
  for (const auto &[range, found] : strides)
    if (range == key.items)
      return found;
  strides.emplace_back(key.items,
                       findMapStrides(tables, key.items, tokens, keyTokens));
  return strides.back().second;
}

MaybeFailure DevicePlan::prepare(const LaunchKey &key, const TableView &tables,
                                 std::shared_ptr<const Prepared> &prepared) {
  std::lock_guard<std::mutex> lock(mutex);
  const uint64_t hash = key.hashAddresses();
  for (size_t i = 0; i < kPrepared; ++i)
    if (hashes[i] == hash && last[i] && last[i]->key == key) {
      prepared = last[i];
      return std::nullopt;
    }
  auto made = std::make_shared<Prepared>(key);
  if (MaybeFailure failure = made->prepare(device, stridesFor(tables, key)))
    return failure;
  prepared = std::move(made);
  hashes[oldest] = hash;
  last[oldest] = prepared;
  oldest = (oldest + 1) % kPrepared;
  return std::nullopt;
}
