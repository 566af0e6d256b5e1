//===- EmbeddedTable.h - Tables as constants --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSFORMS_EMBEDDEDTABLE_H
#define RDATTN_TRANSFORMS_EMBEDDEDTABLE_H

#include "dialect/RDAttn.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// A constant tensor of i32.
mlir::Value tableOf(mlir::ImplicitLocOpBuilder &b,
                    llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<int32_t> values);

/// Puts an embedded table in place of a planned one. A launch takes its static
/// length; others still see the type they were given.
void replaceTable(mlir::ImplicitLocOpBuilder &b, mlir::Value planned,
                  mlir::Value embedded);

} // namespace rdattn

#endif // RDATTN_TRANSFORMS_EMBEDDEDTABLE_H
