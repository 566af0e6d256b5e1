//===- RingTableSize.h - What a ring's table takes --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGTABLESIZE_H
#define RDATTN_PLANNER_RINGTABLESIZE_H

#include "lib/Planner/Integers.h"
#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// The items of a step's table.
Wide itemsOf(const RingStep &step, const Sizes &sizes,
             const PlanOptions &options);

/// What of a step would not fit a table, before anything is allocated.
Violation checkStep(const RingStep &step, const Sizes &sizes,
                    const PlanOptions &options);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGTABLESIZE_H
