//===- FoldScale.h - A constant scale becomes an attribute ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_FOLDSCALE_H
#define RDATTN_DIALECT_FOLDSCALE_H

#include "dialect/RDAttn.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

namespace rdattn {

/// A finite constant is said by the op itself; one that is not stays a value,
/// for which the attribute has no word.
template <typename Op> struct FoldScale : mlir::OpRewritePattern<Op> {
  using mlir::OpRewritePattern<Op>::OpRewritePattern;

  mlir::LogicalResult
  matchAndRewrite(Op op, mlir::PatternRewriter &rewriter) const override {
    mlir::FloatAttr value;
    if (!op.getScale() ||
        !mlir::matchPattern(op.getScale(), mlir::m_Constant(&value)) ||
        !value.getValue().isFinite())
      return mlir::failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.getScaleMutable().clear();
      op.setScaleValueAttr(value);
    });
    return mlir::success();
  }
};

} // namespace rdattn

#endif // RDATTN_DIALECT_FOLDSCALE_H
