//===- RDTile.h - The rdtile dialect ----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_RDTILE_H
#define RDATTN_DIALECT_RDTILE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialect/RDTileDialect.h.inc"
#include "dialect/RDTileEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/RDTileTypes.h.inc"

#define GET_OP_CLASSES
#include "dialect/RDTileOps.h.inc"

namespace rdattn::rdtile {

/// Rows of a fragment and threads of a warpgroup.
inline constexpr int64_t kFragmentRows = 64;
inline constexpr int64_t kWarpgroupThreads = 128;
/// Registers of a thread in each warpgroup of a block, summed: what a block of
/// this many threads is launched with is rounded down to a multiple of 8.
int64_t registerPool(int64_t warpgroups);

/// Says which argument of a kernel is `!rdtile.maps`, which is passed by value:
/// conversions to the LLVM dialect keep a function's attributes, but not what
/// an argument's type said.
inline constexpr llvm::StringLiteral kMapsArgumentAttrName =
    "rdtile.maps_argument";

} // namespace rdattn::rdtile

#endif // RDATTN_DIALECT_RDTILE_H
