//===- Tables.cpp - A plan as memref descriptors --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tables.h"
#include "runtime/Call.h"

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

/// Compiled code reads a constant number of phases, one more than its
/// branches, before it looks at any item.
static constexpr int64_t kMostPhases = 1 << 16;
static int32_t noPhases[kMostPhases];

static rdattn_table1 vectorTable(const int32_t *data, int64_t size) {
  auto *begin = const_cast<int32_t *>(data);
  return {begin, begin, 0, {size}, {1}};
}

template <typename Item>
static rdattn_table2 itemTable(const Item *data, int64_t size) {
  // Items are int32s without padding: the planner's headers assert it.
  constexpr int64_t columns = sizeof(Item) / sizeof(int32_t);
  auto *begin = const_cast<int32_t *>(reinterpret_cast<const int32_t *>(data));
  return {begin, begin, 0, {size, columns}, {columns, 1}};
}

Tables rdattn::runtime::tablesOf(const planner::Plan &plan) {
  return {itemTable(plan.items.data(), plan.items.size()),
          vectorTable(plan.rowList.data(), plan.rowList.size()),
          vectorTable(plan.phases.data(), plan.phases.size())};
}

Tables rdattn::runtime::tablesOf(const planner::RingTables &tables) {
  return {itemTable(tables.items.data(), tables.items.size()),
          vectorTable(tables.lists.data(), tables.lists.size()),
          vectorTable(tables.phases.data(), tables.phases.size())};
}

template <typename Item> static Tables emptyTablesOf() {
  return {itemTable<Item>(nullptr, 0), vectorTable(nullptr, 0),
          vectorTable(noPhases, kMostPhases)};
}

Tables rdattn::runtime::emptyTables() {
  return emptyTablesOf<planner::WorkItem>();
}

Tables rdattn::runtime::emptyRingTables() {
  return emptyTablesOf<planner::RingItem>();
}

bool rdattn::runtime::areOfNoPlan(const rdattn_table1 &phases) {
  return phases.aligned == noPhases;
}

static MaybeFailure planFor(Call &call, const int64_t *words, int64_t count,
                            const planner::Sizes &sizes, Tables &tables) {
  std::shared_ptr<PlanCache> cache;
  if (planner::Violation violation =
          call.specs.find(words, static_cast<size_t>(count), cache))
    return badModule("the module's plan is damaged: ", *violation);
  PlanPointer plan;
  if (planner::Violation violation = cache->find(sizes, plan))
    return Failure{RDATTN_INVALID_ARGUMENT, *violation};
  tables = tablesOf(plan->tables);
  call.hold(std::move(plan));
  return std::nullopt;
}

extern "C" void rdattn_plan(void *opaque, const int64_t *words, int64_t count,
                            int64_t batch, int64_t tokens, int64_t heads,
                            int64_t kvHeads, rdattn_table2 *items,
                            rdattn_table1 *rows, rdattn_table1 *phases) {
  Call &call = Call::of(opaque);
  Tables tables = emptyTables();
  // Compiled code has no unwind tables: nothing may be thrown through it.
  try {
    if (MaybeFailure failure = planFor(
            call, words, count, {batch, tokens, heads, kvHeads}, tables)) {
      call.fail(std::move(*failure));
      tables = emptyTables();
    }
  } catch (...) {
    call.failOutOfMemory();
    tables = emptyTables();
  }
  *items = tables.items;
  *rows = tables.rows;
  *phases = tables.phases;
}
