//===- RingPartials.h - What all operations of a step check -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_RINGPARTIALS_H
#define RDATTN_DIALECT_RINGPARTIALS_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// o: [B,S,H,Dv], maxima and sums: [B,H,S], all f32.
mlir::LogicalResult verifyPartial(mlir::Operation *op,
                                  mlir::ValueRange partial);

/// The columns of planner::RingItem.
mlir::LogicalResult verifyStepTable(mlir::Operation *op, mlir::Value items);

/// Multiprocessors that a launch leaves free.
mlir::LogicalResult verifyRoom(mlir::Operation *op, int64_t room);

} // namespace rdattn

#endif // RDATTN_DIALECT_RINGPARTIALS_H
