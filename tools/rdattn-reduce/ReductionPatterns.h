//===- ReductionPatterns.h - How an attention gets simpler ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_REDUCE_REDUCTIONPATTERNS_H
#define RDATTN_REDUCE_REDUCTIONPATTERNS_H

#include "mlir/IR/DialectRegistry.h"

namespace rdattn {

/// Lets the reducer replace an attention by its queries, and take branches,
/// segments and their properties out of a pattern one at a time.
void registerReductionPatterns(mlir::DialectRegistry &registry);

} // namespace rdattn

#endif // RDATTN_REDUCE_REDUCTIONPATTERNS_H
