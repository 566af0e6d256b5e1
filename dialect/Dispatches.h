//===- Dispatches.h - What all dispatches check -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_DISPATCHES_H
#define RDATTN_DIALECT_DISPATCHES_H

#include "dialect/RDAttn.h"

namespace rdattn {

using KernelAttrs = llvm::ArrayRef<mlir::Attribute>;

/// No two kernels are of one kind.
mlir::LogicalResult verifyDistinctKinds(mlir::Operation *op,
                                        mlir::ArrayAttr kernels);

/// At least one row of queries and of keys.
mlir::LogicalResult verifyTile(mlir::Operation *op, int64_t queries,
                               int64_t keys);

/// Who writes lse (role 'l') must have one.
mlir::LogicalResult verifyLse(mlir::Operation *op, KernelAttrs kernels,
                              bool hasLse);

/// The module exists and, unless it is only code by now, has the functions.
mlir::LogicalResult verifyKernels(mlir::Operation *op,
                                  mlir::FlatSymbolRefAttr module,
                                  KernelAttrs kernels,
                                  mlir::SymbolTableCollection &symbolTables);

} // namespace rdattn

#endif // RDATTN_DIALECT_DISPATCHES_H
