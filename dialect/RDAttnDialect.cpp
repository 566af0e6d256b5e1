//===- RDAttnDialect.cpp - The rdattn dialect -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rdattn;

#include "dialect/RDAttnDialect.cpp.inc"
#include "dialect/RDAttnEnums.cpp.inc"
#include "dialect/RDAttnInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/RDAttnAttrs.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/RDAttnTypes.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/RDAttnOps.cpp.inc"

void RDAttnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/RDAttnAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/RDAttnTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/RDAttnOps.cpp.inc"
      >();
}
