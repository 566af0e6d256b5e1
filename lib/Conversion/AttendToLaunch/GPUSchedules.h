//===- GPUSchedules.h - Default schedules of the CUDA kernels ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_GPUSCHEDULES_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_GPUSCHEDULES_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// The schedule measured best on a Hopper GPU for these sizes and classes (as
/// the planner sees them). Its verifyLaunch refuses D or Dv beyond 256.
SM90ScheduleAttr
defaultSM90Schedule(mlir::MLIRContext *context, int64_t headDim,
                    int64_t valueDim, bool causal,
                    llvm::ArrayRef<planner::BranchClasses> branches);

/// The schedule for Ampere and later GPUs, which is also that of f32.
SM80ScheduleAttr defaultSM80Schedule(mlir::MLIRContext *context,
                                     int64_t headDim, int64_t valueDim,
                                     mlir::Type elementType, bool causal);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_GPUSCHEDULES_H
