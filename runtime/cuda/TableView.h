//===- TableView.h - A plan's tables in host memory -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_TABLEVIEW_H
#define RDATTN_RUNTIME_CUDA_TABLEVIEW_H

#include "rdattn/module.h"
#include "runtime/Error.h"

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingItems.h"
#include "lib/Planner/RingPacking.h"

namespace rdattn::runtime::cuda {

/// One table: 32-bit words.
struct Words {
  const int32_t *data = nullptr;
  int64_t count = 0;

  size_t bytes() const { return static_cast<size_t>(count) * sizeof(int32_t); }
  bool operator==(const Words &other) const {
    return data == other.data && count == other.count;
  }
};

/// Some items of a table, one after another.
struct ItemRange {
  int64_t first = 0, count = 0;

  bool operator==(const ItemRange &other) const {
    return first == other.first && count == other.count;
  }
};

/// The three tables of a launch, or of a ring's step; or items alone.
struct TableView {
  Words items, rows, phases;
  int64_t columns = planner::kWorkItemColumns;

  bool areOfRing() const { return columns == planner::kRingItemColumns; }
  int64_t itemCount() const { return items.count / columns; }
  /// WorkItem or RingItem: int32s without padding (the planner asserts it).
  template <typename Item> const Item *itemsAs() const {
    return reinterpret_cast<const Item *>(items.data);
  }
  int64_t branches() const { return phases.count - 1; }

  bool operator==(const TableView &other) const {
    return items == other.items && rows == other.rows && phases == other.phases;
  }
};

/// The tables behind descriptors, which must be dense, with items of so many
/// columns.
MaybeFailure viewTables(const rdattn_table2 &items, const rdattn_table1 &rows,
                        const rdattn_table1 &phases, int64_t columns,
                        TableView &view);

/// A view of a plan's tables.
TableView viewOf(const planner::Plan &plan);
TableView viewOf(const planner::RingTables &tables);
TableView viewOf(const std::vector<planner::PackItem> &items);

/// True where nothing can have written the tables, and nothing will until
/// their code is unloaded: constants of a module.
bool areConstant(const TableView &view);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_TABLEVIEW_H
