//===- InputShapes.h - The sizes of one attention ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_INPUTSHAPES_H
#define RDATTN_DIALECT_INPUTSHAPES_H

#include "dialect/RDAttn.h"

namespace rdattn {

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// B, S, H, G, D and Dv of q: [B,S,H,D], k: [B,S,G,D] and v: [B,S,G,Dv], static
/// where one of the three says so.
struct InputShapes {
  int64_t batch, tokens, heads, kvHeads, headDim, valueDim;
  mlir::Type elementType;

  llvm::SmallVector<int64_t> output() const {
    return {batch, tokens, heads, valueDim};
  }
  llvm::SmallVector<int64_t> logSumExp() const {
    return {batch, heads, tokens};
  }
};

/// Reports shapes that do not belong together.
mlir::FailureOr<InputShapes> getInputShapes(mlir::ShapedType q,
                                            mlir::ShapedType k,
                                            mlir::ShapedType v,
                                            EmitError emitError);

/// H is a multiple of G where both are static (grouped queries).
mlir::LogicalResult verifyHeads(const InputShapes &shapes, EmitError emitError);

/// o, and lse unless it is null, have the sizes that follow from the inputs.
mlir::LogicalResult verifyOutputs(mlir::Operation *op,
                                  const InputShapes &shapes, mlir::Value o,
                                  mlir::Value lse);

/// Those of the types that are shaped are tensors, or all are memrefs.
mlir::LogicalResult verifyOneForm(mlir::Operation *op, mlir::TypeRange types);

/// All operands are tensors, with results, or all memrefs, without.
mlir::LogicalResult verifyForm(mlir::DestinationStyleOpInterface op);

/// A work table has the columns of planner::WorkItem.
mlir::LogicalResult verifyItems(mlir::Operation *op, mlir::ShapedType items);

} // namespace rdattn

#endif // RDATTN_DIALECT_INPUTSHAPES_H
