//===- CPUSchedules.cpp - Default schedules of the CPU kernel -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"

using namespace mlir;
using namespace rdattn;

CPUScheduleAttr rdattn::defaultCPUSchedule(MLIRContext *context,
                                           const TargetCPU &cpu,
                                           int64_t headDim, int64_t valueDim,
                                           bool causal) {
  // The register block leaves room for its operands: 24 + 4 + 1 of 32 vector
  // registers with AVX-512, 12 + 2 + 1 of 16 otherwise.
  int64_t lanes = 4, vectors = 2, rows = 6;
  if (cpu.has("avx512f"))
    lanes = 16, vectors = 4;
  else if (cpu.has("avx2"))
    lanes = 8;
  // Queries amortise the packing of a tile; a tile should stay in the caches
  // beside them, so both shrink where rows are long.
  int64_t width = lanes * vectors, longest = std::max(headDim, valueDim);
  int64_t queries = 256, keys = 96;
  while (queries > width && queries * longest > 64 * 1024)
    queries /= 2;
  queries = std::max(queries / width, int64_t(1)) * width;
  while (keys > rows && keys * longest > 16 * 1024)
    keys /= 2;
  keys = std::max(keys / rows, int64_t(1)) * rows;
  auto order = causal ? TileOrder::LongestFirst : TileOrder::Plain;
  return CPUScheduleAttr::get(context, queries, keys, lanes, vectors, rows, order);
}
