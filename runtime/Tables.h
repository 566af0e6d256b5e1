//===- Tables.h - A plan as memref descriptors ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_TABLES_H
#define RDATTN_RUNTIME_TABLES_H

#include "rdattn/module.h"

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingItems.h"

namespace rdattn::runtime {

/// The three tables that an entry point takes; views of a plan.
struct Tables {
  rdattn_table2 items;
  rdattn_table1 rows;
  rdattn_table1 phases;
};

Tables tablesOf(const planner::Plan &plan);

/// The same of a ring's step, whose items have other columns.
Tables tablesOf(const planner::RingTables &tables);

/// No items in any branch: what compiled code reads after a failure.
Tables emptyTables();
Tables emptyRingTables();

/// True of the phases of emptyTables().
bool areOfNoPlan(const rdattn_table1 &phases);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_TABLES_H
