//===- AttentionFunction.h - A function that is one attention ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_ATTENTIONFUNCTION_H
#define RDATTN_TARGET_ATTENTIONFUNCTION_H

#include "dialect/RDAttn.h"
#include "lib/Planner/Pattern.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace rdattn {

struct AttentionOptions {
  mlir::Type element;   ///< f32, f16 or bf16
  int64_t headDim = 64; ///< at least 1
  int64_t valueDim = 0; ///< 0: headDim
  bool causal = false;
  bool takesScale = false; ///< else 1/sqrt(D)
  bool returnsLse = false;
  std::optional<Layout> ring; ///< how the sequence lies on a ring
};

/// func @attention(%q, %k, %v[, %scale][, %ring]) -> (o[, lse]) over a valid
/// pattern, with every size but D and Dv dynamic.
mlir::OwningOpRef<mlir::ModuleOp>
buildAttentionFunction(const AttentionOptions &options,
                       const planner::Pattern &pattern);

} // namespace rdattn

#endif // RDATTN_TARGET_ATTENTIONFUNCTION_H
