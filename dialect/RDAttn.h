//===- RDAttn.h - The rdattn dialect ----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_RDATTN_H
#define RDATTN_DIALECT_RDATTN_H

#include "lib/Planner/ClassGroup.h"
#include "lib/Planner/PlanSpec.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace rdattn {
/// What the ranks of a ring do together.
struct RingResource : mlir::SideEffects::Resource::Base<RingResource> {
  llvm::StringRef getName() final { return "rdattn ring"; }
};
} // namespace rdattn

namespace rdattn::planner {
// Attributes hold planner values as they are; found by argument lookup.
llvm::hash_code hash_value(const Segment &segment);
llvm::hash_code hash_value(const ClassGroup &group);
} // namespace rdattn::planner

#include "dialect/RDAttnDialect.h.inc"
#include "dialect/RDAttnEnums.h.inc"
#include "dialect/RDAttnInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/RDAttnAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/RDAttnTypes.h.inc"

#define GET_OP_CLASSES
#include "dialect/RDAttnOps.h.inc"

#endif // RDATTN_DIALECT_RDATTN_H
