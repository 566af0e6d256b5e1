//===- RDTileDialect.cpp - The rdtile dialect -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rdattn::rdtile;

#include "dialect/RDTileDialect.cpp.inc"
#include "dialect/RDTileEnums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/RDTileTypes.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/RDTileOps.cpp.inc"

void RDTileDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/RDTileTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/RDTileOps.cpp.inc"
      >();
}
