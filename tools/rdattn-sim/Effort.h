//===- Effort.h - What it takes to plan all ranks ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_EFFORT_H
#define RDATTN_TOOLS_SIM_EFFORT_H

#include "tools/rdattn-sim/Summary.h"

namespace rdattn::sim {

/// About how often the planner looks at what one rank needs of another in one
/// class, over all ranks; each time takes it half a microsecond to one.
double planningEffort(const std::vector<planner::BranchClasses> &branches,
                      const Case &problem);

/// A violation where that would take more than some minutes.
planner::Violation
checkEffort(const std::vector<planner::BranchClasses> &branches,
            const Case &problem);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_EFFORT_H
