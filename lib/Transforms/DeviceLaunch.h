//===- DeviceLaunch.h - Launches for GPUs -----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSFORMS_DEVICELAUNCH_H
#define RDATTN_TRANSFORMS_DEVICELAUNCH_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// Whether an operation is a launch, and for a GPU.
inline bool isDeviceLaunch(mlir::Operation *op) {
  auto launch = llvm::dyn_cast<LaunchOp>(op);
  auto step = llvm::dyn_cast<RingLaunchOp>(op);
  ScheduleAttrInterface schedule = launch ? launch.getSchedule()
                                   : step ? step.getSchedule()
                                          : ScheduleAttrInterface();
  return schedule && !llvm::isa<CPUScheduleAttr>(schedule);
}

/// Whether the function's tensors are on a GPU: where a launch is for one.
inline bool isOnDevice(mlir::func::FuncOp function) {
  return function
      .walk([](mlir::Operation *op) {
        return isDeviceLaunch(op) ? mlir::WalkResult::interrupt()
                                  : mlir::WalkResult::advance();
      })
      .wasInterrupted();
}

} // namespace rdattn

#endif // RDATTN_TRANSFORMS_DEVICELAUNCH_H
