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
  constexpr int64_t columns = planner::kWorkItemColumns;
  made->items = {items, items, 0, {tables.itemCount(), columns}, {columns, 1}};
  made->rows = vectorAt(addresses[1], tables.rows);
  made->phases = vectorAt(addresses[2], tables.phases);
  plan = std::move(made);
  ++plansUploaded;
  return std::nullopt;
}

const MapStrides &DevicePlan::stridesFor(const TableView &tables,
                                         int64_t tokens) {
  if (stridesTokens != tokens)
    strides = findMapStrides(tables, tokens);
  stridesTokens = tokens;
  return strides;
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
  const int64_t tokens = key.tensors[LaunchKey::Q].sizes[1];
  if (MaybeFailure failure = made->prepare(device, stridesFor(tables, tokens)))
    return failure;
  prepared = std::move(made);
  hashes[oldest] = hash;
  last[oldest] = prepared;
  oldest = (oldest + 1) % kPrepared;
  return std::nullopt;
}
