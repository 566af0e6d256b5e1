//===- AttentionCanonicalization.cpp - Rewrites of patterns ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace rdattn;

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {}
