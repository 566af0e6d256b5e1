//===- EmbedRingTables.h - The tables of a static ring ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TRANSFORMS_EMBEDRINGTABLES_H
#define RDATTN_TRANSFORMS_EMBEDRINGTABLES_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// The most words of a ring's tables that a plan leaves in a module: 16 MiB.
inline constexpr int64_t kMaxEmbeddedRingWords = int64_t(1) << 22;

/// Puts constants, of which this rank takes its part, in place of the tables of
/// the plan's constant steps. Nothing changes where a size or the tile is not
/// known yet, and where all ranks' tables are too large. An error where the
/// sizes do not fit the pattern.
mlir::LogicalResult embedRingTables(RingPlanOp plan);

} // namespace rdattn

#endif // RDATTN_TRANSFORMS_EMBEDRINGTABLES_H
