//===- CPUSchedules.cpp - Default schedules of the CPU kernel -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"

using namespace mlir;
using namespace rdattn;

CPUTiles rdattn::defaultCPUTiles(const TargetCPU &cpu, int64_t headDim,
                                 int64_t valueDim) {
  // The register block leaves room for its operands: 24 + 4 + 1 of 32 vector
  // registers with AVX-512, 12 + 2 + 1 of 16 otherwise.
  CPUTiles tiles{512, 96, /*lanes=*/4, /*vectors=*/2, /*rows=*/6};
  if (cpu.has("avx512f"))
    tiles.lanes = 16, tiles.vectors = 4;
  else if (cpu.has("avx2"))
    tiles.lanes = 8;
  // Queries amortise the packing of a tile; a tile should stay in the caches
  // beside them, so both shrink where rows are long.
  int64_t width = tiles.lanes * tiles.vectors;
  int64_t longest = std::max(headDim, valueDim);
  while (tiles.queries > width && tiles.queries * longest > 64 * 1024)
    tiles.queries /= 2;
  tiles.queries = std::max(tiles.queries / width, int64_t(1)) * width;
  while (tiles.keys > tiles.rows && tiles.keys * longest > 16 * 1024)
    tiles.keys /= 2;
  tiles.keys = std::max(tiles.keys / tiles.rows, int64_t(1)) * tiles.rows;
  return tiles;
}

CPUScheduleAttr rdattn::defaultCPUSchedule(MLIRContext *context,
                                           const TargetCPU &cpu,
                                           int64_t headDim, int64_t valueDim,
                                           bool causal) {
  CPUTiles tiles = defaultCPUTiles(cpu, headDim, valueDim);
  auto order = causal ? TileOrder::LongestFirst : TileOrder::Plain;
  return CPUScheduleAttr::get(context, tiles.queries, tiles.keys, tiles.lanes,
                              tiles.vectors, tiles.rows, order);
}
