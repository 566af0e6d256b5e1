//===- SM80Schedule.cpp - The schedule for Ampere and later ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;

int64_t SM80ScheduleAttr::getItemQueries() const { return getQueries(); }
bool SM80ScheduleAttr::takesRuns() const { return false; }
bool SM80ScheduleAttr::isolatesRows() const { return false; }
TileOrder SM80ScheduleAttr::getItemOrder() const { return getOrder(); }
int64_t SM80ScheduleAttr::getItemGroup() const { return getGroup(); }

/// Query rows of a fragment: four warps of 16.
static constexpr int64_t kFragmentQueries = 64;
static constexpr int64_t kMaxWarpgroups = 4;
/// Rows that a warpgroup copies at a time, eight threads a row: also the depth
/// of the second product.
static constexpr int64_t kKeyStep = 16;
static constexpr int64_t kMaxKeys = 256;
static constexpr int64_t kMaxStages = 8;
static constexpr int64_t kMaxHeadDim = 256;
/// Bytes of a row in one panel.
static constexpr int64_t kPanelBytes = 128;
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
  int64_t step = kKeyStep * warpgroups;
  if (keys < step || keys > kMaxKeys || keys % step != 0)
    return emitError() << "keys = " << keys << " must be a multiple of " << step
                       << ", 16 * warpgroups, up to 256";
  if (stages < 1 || stages > kMaxStages)
    return emitError() << "stages = " << stages << " must be 1 to 8";
  return success();
}

LogicalResult
SM80ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t queries, int64_t keys, int64_t stages,
                         int64_t warpgroups, TileOrder order, int64_t group) {
  if (failed(checkTiles(emitError, queries, keys, stages, warpgroups)))
    return failure();
  if (group < 0)
    return emitError() << "group = " << group
                       << " must be at least 0, which sorts a whole branch";
  if (group > 0 && order == TileOrder::Plain)
    return emitError() << "group = " << group
                       << " needs order = longest_first: a plain table is not "
                          "sorted";
  return success();
}

//===----------------------------------------------------------------------===//
// With the sizes of a launch
//===----------------------------------------------------------------------===//

static int64_t rowBytes(int64_t columns, Type elementType) {
  int64_t bytes = columns * elementType.getIntOrFloatBitWidth() / 8;
  return llvm::alignTo(bytes, kPanelBytes);
}

int64_t SM80ScheduleAttr::getSharedBytes(int64_t headDim, int64_t valueDim,
                                         Type elementType) const {
  int64_t k = rowBytes(headDim, elementType);
  int64_t v = rowBytes(valueDim, elementType);
  return getQueries() * k + getStages() * getKeys() * (k + v) + kItemBytes;
}

/// A block's 64 K registers, handed out to warps in steps of eight a thread.
int64_t SM80ScheduleAttr::getThreadRegisters() const {
  int64_t threads = 128 * getWarpgroups();
  return std::min<int64_t>(65536 / threads / 8 * 8, 255);
}

static LogicalResult checkHeadDims(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t headDim, int64_t valueDim) {
  for (auto [name, size] : {std::pair("D", headDim), std::pair("Dv", valueDim)})
    if (size > kMaxHeadDim)
      return emitError() << name << " = " << size
                         << " exceeds the limit of CUDA kernels: D and Dv must "
                            "be at most 256";
  return success();
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
  int64_t perFragment =
      schedule.getKeys() / 2 + llvm::divideCeil(valueDim, 8) * 4;
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
