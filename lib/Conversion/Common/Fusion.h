//===- Fusion.h - Attends that are computed together ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_COMMON_FUSION_H
#define RDATTN_CONVERSION_COMMON_FUSION_H

#include "dialect/RDAttn.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// The attends that are computed together, and the op whose results that gives:
/// their merge, or the only one itself.
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

/// The attends of a merge; an error where they differ in more than their
/// classes.
mlir::FailureOr<Fusion> fuseMerge(MergeOp merge);

/// The classes of its branches, as a plan takes them.
mlir::ArrayAttr classesOf(const Fusion &fusion);

/// The scale as a value: given, or 1/sqrt(D).
mlir::Value scaleOf(mlir::ImplicitLocOpBuilder &b, const Fusion &fusion);

/// A dimension of a tensor, a constant where it is static.
mlir::Value dimensionOf(mlir::ImplicitLocOpBuilder &b, mlir::Value tensor,
                        int64_t dimension);

/// o must have the element type of q, k and v.
mlir::LogicalResult checkElementType(const Fusion &fusion);

} // namespace rdattn

#endif // RDATTN_CONVERSION_COMMON_FUSION_H
