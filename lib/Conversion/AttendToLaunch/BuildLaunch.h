//===- BuildLaunch.h - One launch of several attends ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H

#include "lib/Conversion/Common/Fusion.h"

namespace rdattn {

/// Replaces the results of a fusion by those of a plan and its launch. The
/// `planned` classes are those of its attends as the planner sees them.
void buildLaunch(const Fusion &fusion,
                 llvm::ArrayRef<planner::BranchClasses> planned,
                 ScheduleAttrInterface schedule);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H
