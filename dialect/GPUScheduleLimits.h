//===- GPUScheduleLimits.h - What bounds every GPU's schedule ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_GPUSCHEDULELIMITS_H
#define RDATTN_GPUSCHEDULELIMITS_H

#include "dialect/RDAttn.h"

namespace rdattn::limits {

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// Query rows of a fragment: a warpgroup's four warps have 16 each.
inline constexpr int64_t kFragmentQueries = 64;
/// The most key rows of a tile: those of a tensor map's box.
inline constexpr int64_t kMaxKeys = 256;
/// The granularity of key rows as the depth of the second product.
inline constexpr int64_t kKeyStep = 16;

/// 1 to 8 stages.
mlir::LogicalResult checkStages(EmitError emitError, int64_t stages);
/// Only a table that is sorted has groups.
mlir::LogicalResult checkGroup(EmitError emitError, int64_t group,
                               TileOrder order);
/// D and Dv of at most 256.
mlir::LogicalResult checkHeadDims(EmitError emitError, int64_t headDim,
                                  int64_t valueDim);

/// Bytes of a row of a tile, which lies in panels of 128 bytes: a swizzle's.
int64_t rowBytes(int64_t columns, int64_t elementBytes);
/// Registers that a thread has of 64 rows of o, in steps of eight columns.
int64_t outputRegisters(int64_t valueDim);

} // namespace rdattn::limits

#endif // RDATTN_GPUSCHEDULELIMITS_H
