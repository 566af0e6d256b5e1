//===- LaunchTables.h - Checks of a launch's constant tables ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_LAUNCHTABLES_H
#define RDATTN_DIALECT_LAUNCHTABLES_H

#include "dialect/InputShapes.h"

namespace rdattn {

/// Checks every item of a constant work table against the sizes and the flags
/// of its launch: what runs is what the IR says, and an edit must not read
/// outside a tensor. Tables that are not constants pass.
mlir::LogicalResult verifyTables(LaunchOp op, const InputShapes &shapes);

} // namespace rdattn

#endif // RDATTN_DIALECT_LAUNCHTABLES_H
