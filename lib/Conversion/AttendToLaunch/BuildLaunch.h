//===- BuildLaunch.h - One launch of several attends ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// The attends that one launch computes, and the op whose results it replaces.
struct Fusion {
  mlir::Operation *root;
  llvm::SmallVector<AttendOp> attends;

  AttendOp first() const { return attends.front(); }
  int64_t headDim() const { return first().getQ().getType().getDimSize(3); }
  int64_t valueDim() const { return first().getV().getType().getDimSize(3); }
  mlir::Type elementType() const {
    return first().getQ().getType().getElementType();
  }
};

/// Replaces the results of a fusion by those of a plan and its launch. The
/// `planned` classes are those of its attends as the planner sees them.
void buildLaunch(const Fusion &fusion,
                 llvm::ArrayRef<planner::BranchClasses> planned,
                 ScheduleAttrInterface schedule);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_BUILDLAUNCH_H
