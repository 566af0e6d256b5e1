//===- ScheduleAttrs.cpp - How a launch is tiled --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;

int64_t CPUScheduleAttr::getItemQueries() const { return getQueries(); }
TileOrder CPUScheduleAttr::getItemOrder() const { return getOrder(); }
int64_t CPUScheduleAttr::getItemGroup() const { return 0; }
bool CPUScheduleAttr::takesRuns() const { return true; }
bool CPUScheduleAttr::isolatesRows() const { return true; }

/// Tiles live in memory: any size of row and element has room.
LogicalResult CPUScheduleAttr::verifyLaunch(function_ref<InFlightDiagnostic()>,
                                            int64_t, int64_t, Type) const {
  return success();
}

/// The widest vector that a kernel may ask for, and the accumulators that fit
/// the registers of the largest machine.
static constexpr int64_t kMaxLanes = 64;
static constexpr int64_t kMaxAccumulators = 32;

static LogicalResult checkVectors(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t lanes, int64_t vectors,
                                  int64_t rows) {
  if (!llvm::isPowerOf2_64(lanes) || lanes > kMaxLanes)
    return emitError() << "lanes = " << lanes
                       << " must be a power of two up to " << kMaxLanes;
  if (rows > kMaxAccumulators || vectors > kMaxAccumulators / rows)
    return emitError() << "a register block of " << rows << " rows x "
                       << vectors << " vectors needs more than "
                       << kMaxAccumulators
                       << " registers: make rows * vectors smaller";
  return success();
}

LogicalResult
CPUScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t queries, int64_t keys, int64_t lanes,
                        int64_t vectors, int64_t rows, TileOrder) {
  std::pair<StringRef, int64_t> sizes[] = {{"queries", queries},
                                           {"keys", keys},
                                           {"lanes", lanes},
                                           {"vectors", vectors},
                                           {"rows", rows}};
  for (auto [name, size] : sizes)
    if (size < 1)
      return emitError() << name << " = " << size << " must be at least 1";
  if (failed(checkVectors(emitError, lanes, vectors, rows)))
    return failure();
  if (queries % (lanes * vectors) != 0)
    return emitError() << "queries = " << queries
                       << " must be a multiple of lanes * vectors = "
                       << lanes * vectors;
  if (keys % rows != 0)
    return emitError() << "keys = " << keys
                       << " must be a multiple of rows = " << rows;
  return success();
}
