//===- LaunchTables.cpp - Checks of a launch's constant tables ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/LaunchTables.h"

using namespace mlir;
using namespace rdattn;

LogicalResult rdattn::verifyTables(LaunchOp op, const InputShapes &shapes) {
  return success();
}
