//===- RingLaunches.h - Steps of a ring as launches -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// Gives a step its table and this schedule; its plan cuts the tables by it.
mlir::LogicalResult launchStep(RingAttendOp attend, RingPlanOp plan,
                               ScheduleAttrInterface schedule);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H
