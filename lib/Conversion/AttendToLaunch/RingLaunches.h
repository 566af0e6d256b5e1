//===- RingLaunches.h - Steps of a ring as launches -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H

#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"

namespace rdattn {

/// Gives a step its table and the CPU's default schedule.
mlir::LogicalResult launchStep(RingAttendOp attend, const TargetCPU &cpu);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_RINGLAUNCHES_H
