//===- TableView.cpp - A plan's tables in host memory ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/TableView.h"

#include <cinttypes>
#include <cstdio>
#include <memory>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

static MaybeFailure viewVector(const char *name, const rdattn_table1 &table,
                               Words &words) {
  if (table.sizes[0] > 1 && table.strides[0] != 1)
    return badModule("the module's ", name, " have stride ", table.strides[0],
                     ", but must be dense");
  words = {table.aligned + table.offset, table.sizes[0]};
  return std::nullopt;
}

MaybeFailure rdattn::runtime::cuda::viewTables(const rdattn_table2 &items,
                                               const rdattn_table1 &rows,
                                               const rdattn_table1 &phases,
                                               int64_t columns,
                                               TableView &view) {
  view.columns = columns;
  if (items.sizes[1] != columns || items.strides[1] != 1 ||
      (items.sizes[0] > 1 && items.strides[0] != columns))
    return badModule("the module's work table has ", items.sizes[1],
                     " columns and strides ", items.strides[0], " and ",
                     items.strides[1], ", but must be dense with ", columns,
                     " columns");
  view.items = {items.aligned + items.offset, items.sizes[0] * columns};
  if (MaybeFailure failure = viewVector("row lists", rows, view.rows))
    return failure;
  if (MaybeFailure failure = viewVector("phases", phases, view.phases))
    return failure;
  if (view.phases.count < 2)
    return badModule("the module's phases are ", view.phases.count,
                     ", but must be one more than its branches");
  return std::nullopt;
}

static Words wordsOf(const std::vector<int32_t> &table) {
  return {table.data(), static_cast<int64_t>(table.size())};
}

template <typename Item>
static TableView viewOf(const std::vector<Item> &items,
                        const std::vector<int32_t> &rows,
                        const std::vector<int32_t> &phases) {
  constexpr int64_t columns = sizeof(Item) / sizeof(int32_t);
  return {{reinterpret_cast<const int32_t *>(items.data()),
           static_cast<int64_t>(items.size()) * columns},
          wordsOf(rows),
          wordsOf(phases),
          columns};
}

TableView rdattn::runtime::cuda::viewOf(const planner::Plan &plan) {
  return ::viewOf(plan.items, plan.rowList, plan.phases);
}

TableView rdattn::runtime::cuda::viewOf(const planner::RingTables &tables) {
  return ::viewOf(tables.items, tables.lists, tables.phases);
}

TableView
rdattn::runtime::cuda::viewOf(const std::vector<planner::PackItem> &items) {
  return ::viewOf(items, {}, {});
}

namespace {
/// A mapping of the process, as a line of /proc/self/maps says.
struct Mapping {
  uintptr_t begin = 0, end = 0;
  char access[5] = {};
};
} // namespace

/// True where all of the words lie in memory that cannot be written.
static bool isReadOnly(std::FILE *maps, const Words &words) {
  auto next = reinterpret_cast<uintptr_t>(words.data);
  const uintptr_t end = next + words.bytes();
  char line[5000]; // more than the longest path
  if (std::fseek(maps, 0, SEEK_SET) != 0)
    return false;
  while (next < end && std::fgets(line, sizeof(line), maps)) {
    Mapping mapping;
    // The kernel writes its own addresses.
    // NOLINTNEXTLINE(bugprone-unchecked-string-to-number-conversion)
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &mapping.begin,
                    &mapping.end, mapping.access) != 3)
      return false;
    if (mapping.begin > next || mapping.end <= next)
      continue;
    if (mapping.access[0] != 'r' || mapping.access[1] == 'w')
      return false;
    next = mapping.end;
  }
  return next >= end;
}

bool rdattn::runtime::cuda::areConstant(const TableView &view) {
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> maps(
      std::fopen("/proc/self/maps", "re"), std::fclose);
  return maps && isReadOnly(maps.get(), view.items) &&
         isReadOnly(maps.get(), view.rows) &&
         isReadOnly(maps.get(), view.phases);
}
