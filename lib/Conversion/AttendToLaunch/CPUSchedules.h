//===- CPUSchedules.h - Default schedules of the CPU kernel -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_CPUSCHEDULES_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_CPUSCHEDULES_H

#include "dialect/RDAttn.h"
#include "lib/Target/CPU/TargetCPU.h"

namespace rdattn {

/// Tile and register block sizes; see #rdattn.cpu.
struct CPUTiles {
  int64_t queries, keys, lanes, vectors, rows;
};

/// The tiles measured best for head and value sizes of this order on a CPU
/// with these vector registers.
CPUTiles defaultCPUTiles(const TargetCPU &cpu, int64_t headDim,
                         int64_t valueDim);

/// Those tiles, the longest first where causal makes them unequal.
CPUScheduleAttr defaultCPUSchedule(mlir::MLIRContext *context,
                                   const TargetCPU &cpu, int64_t headDim,
                                   int64_t valueDim, bool causal);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_CPUSCHEDULES_H
