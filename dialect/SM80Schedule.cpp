//===- SM80Schedule.cpp - The schedule for Ampere and later ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/GPUScheduleLimits.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::limits;

int64_t SM80ScheduleAttr::getItemQueries() const { return getQueries(); }
bool SM80ScheduleAttr::takesRuns() const { return false; }
bool SM80ScheduleAttr::isolatesRows() const { return false; }
TileOrder SM80ScheduleAttr::getItemOrder() const { return getOrder(); }
int64_t SM80ScheduleAttr::getItemGroup() const { return getGroup(); }

static constexpr int64_t kMaxWarpgroups = 4;
static constexpr int64_t kItemBytes = 128;
/// The most dynamic shared memory of a block on sm_86 and sm_89: 99 KB.
static constexpr int64_t kMaxSharedBytes = 99 * 1024;
/// Registers for addresses, operands and row statistics.
static constexpr int64_t kOtherRegisters = 40;

//===----------------------------------------------------------------------===//
// The attribute alone
//===----------------------------------------------------------------------===//

static LogicalResult checkTiles(function_ref<InFlightDiagnostic()> emitError,
                                int64_t queries, int64_t keys, int64_t stages,
                                int64_t warpgroups) {
  if (warpgroups < 1 || warpgroups > kMaxWarpgroups)
    return emitError() << "warpgroups = " << warpgroups << " must be 1 to 4";
  int64_t rows = kFragmentQueries * warpgroups;
  if (queries != rows && queries != 2 * rows)
    return emitError() << "queries = " << queries
                       << " must be 64 or 128 * warpgroups: " << rows << " or "
                       << 2 * rows;
  // Each warpgroup copies 16 rows at a time, eight threads a row.
  int64_t step = kKeyStep * warpgroups;
  if (keys < step || keys > kMaxKeys || keys % step != 0)
    return emitError() << "keys = " << keys << " must be a multiple of " << step
                       << ", 16 * warpgroups, up to 256";
  return checkStages(emitError, stages);
}

LogicalResult
SM80ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t queries, int64_t keys, int64_t stages,
                         int64_t warpgroups, TileOrder order, int64_t group) {
  if (failed(checkTiles(emitError, queries, keys, stages, warpgroups)))
    return failure();
  return checkGroup(emitError, group, order);
}

//===----------------------------------------------------------------------===//
// With the sizes of a launch
//===----------------------------------------------------------------------===//

int64_t SM80ScheduleAttr::getSharedBytes(int64_t headDim, int64_t valueDim,
                                         Type elementType) const {
  int64_t bytes = elementType.getIntOrFloatBitWidth() / 8;
  int64_t k = rowBytes(headDim, bytes), v = rowBytes(valueDim, bytes);
  return getQueries() * k + getStages() * getKeys() * (k + v) + kItemBytes;
}

/// A block's 64 K registers, handed out to warps in steps of eight a thread.
int64_t SM80ScheduleAttr::getThreadRegisters() const {
  int64_t threads = 128 * getWarpgroups();
  return std::min<int64_t>(65536 / threads / 8 * 8, 255);
}

static LogicalResult
checkSharedBytes(function_ref<InFlightDiagnostic()> emitError,
                 SM80ScheduleAttr schedule, int64_t headDim, int64_t valueDim,
                 Type elementType) {
  int64_t bytes = schedule.getSharedBytes(headDim, valueDim, elementType);
  if (bytes <= kMaxSharedBytes)
    return success();
  return emitError() << "schedule needs " << bytes
                     << " bytes of shared memory for D = " << headDim
                     << " and Dv = " << valueDim << " of " << elementType
                     << ", more than the " << kMaxSharedBytes
                     << " of a block: use fewer keys, stages or queries";
}

static LogicalResult
checkRegisters(function_ref<InFlightDiagnostic()> emitError,
               SM80ScheduleAttr schedule, int64_t valueDim) {
  int64_t available = schedule.getThreadRegisters() - kOtherRegisters;
  int64_t perFragment = schedule.getKeys() / 2 + outputRegisters(valueDim);
  int64_t needed = schedule.getFragments() * perFragment;
  if (needed <= available)
    return success();
  return emitError() << "schedule needs " << needed
                     << " registers per thread for scores and o with Dv = "
                     << valueDim << ", but " << schedule.getWarpgroups()
                     << " warpgroups leave " << available
                     << ": use fewer keys, queries or warpgroups";
}

LogicalResult
SM80ScheduleAttr::verifyLaunch(function_ref<InFlightDiagnostic()> emitError,
                               int64_t headDim, int64_t valueDim,
                               Type elementType) const {
  if (!elementType.isF16() && !elementType.isBF16() && !elementType.isF32())
    return emitError() << "schedule #rdattn.sm80 computes bf16, f16 and f32, "
                          "not "
                       << elementType;
  if (failed(checkHeadDims(emitError, headDim, valueDim)) ||
      failed(
          checkSharedBytes(emitError, *this, headDim, valueDim, elementType)))
    return failure();
  return checkRegisters(emitError, *this, valueDim);
}
