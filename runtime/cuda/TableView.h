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

/// The three tables of a launch.
struct TableView {
  Words items, rows, phases;

  int64_t itemCount() const { return items.count / planner::kWorkItemColumns; }
  const planner::WorkItem *workItems() const {
    // WorkItem is nine int32s without padding (Plan.h asserts it).
    return reinterpret_cast<const planner::WorkItem *>(items.data);
  }
  int64_t branches() const { return phases.count - 1; }

  bool operator==(const TableView &other) const {
    return items == other.items && rows == other.rows && phases == other.phases;
  }
};

/// The tables behind descriptors, which must be dense.
MaybeFailure viewTables(const rdattn_table2 &items, const rdattn_table1 &rows,
                        const rdattn_table1 &phases, TableView &view);

/// A view of a plan's tables.
TableView viewOf(const planner::Plan &plan);

/// True where nothing can have written the tables, and nothing will until
/// their code is unloaded: constants of a module.
bool areConstant(const TableView &view);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_TABLEVIEW_H
