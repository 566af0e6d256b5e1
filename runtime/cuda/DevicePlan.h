//===- DevicePlan.h - A plan's tables on a device ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_DEVICEPLAN_H
#define RDATTN_RUNTIME_CUDA_DEVICEPLAN_H

#include "runtime/cuda/MapStrides.h"
#include "runtime/cuda/Prepared.h"

#include <array>
#include <vector>

namespace rdattn::runtime::cuda {

/// The tables of one plan in the memory of one device, and what launches with
/// them learnt. Thread-safe.
class DevicePlan {
public:
  /// Copies the tables, and waits for it.
  static MaybeFailure upload(Device &device, const TableView &tables,
                             std::shared_ptr<DevicePlan> &plan);

  explicit DevicePlan(Device &device) : device(device) {}

  /// How a launch of this key runs; made where it is not one of the last.
  /// `tables` are those that were copied.
  MaybeFailure prepare(const LaunchKey &key, const TableView &tables,
                       std::shared_ptr<const Prepared> &prepared);

  /// What the items of a ring's step begin and are done with; `tables` are
  /// those that were copied, and items have `queries` rows at most.
  planner::VisitedRows visitedRows(const TableView &tables, int64_t queries);

  /// Some of the items, as a table of their own.
  rdattn_table2 itemsIn(const ItemRange &range) const;

  Device &device;
  rdattn_table2 items = {};
  rdattn_table1 rows = {}, phases = {};

private:
  const MapStrides &stridesFor(const TableView &tables, const LaunchKey &key);

  ResourcePointer memory;

  // Layers of a model, and results kept for later, each have own addresses.
  static constexpr size_t kPrepared = 64;
  std::mutex mutex;
  std::array<uint64_t, kPrepared> hashes = {}; ///< of the addresses in `last`
  std::array<std::shared_ptr<const Prepared>, kPrepared> last;
  size_t oldest = 0;
  /// Of ranges of the items, for these rows of q, and of k and v.
  std::vector<std::pair<ItemRange, MapStrides>> strides;
  int64_t tokens = -1, keyTokens = -1;
  int64_t countedQueries = -1; ///< that the next follows from
  planner::VisitedRows counted;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_DEVICEPLAN_H
