//===- SM90Schedule.cpp - The schedule of the Hopper kernel ---------------===//
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

int64_t SM90ScheduleAttr::getItemQueries() const { return getQueries(); }
TileOrder SM90ScheduleAttr::getItemOrder() const { return getOrder(); }
int64_t SM90ScheduleAttr::getItemGroup() const { return getGroup(); }
bool SM90ScheduleAttr::takesRuns() const { return false; }
bool SM90ScheduleAttr::isolatesRows() const { return false; }

static constexpr int64_t kMaxConsumers = 3;
static constexpr int64_t kMaxLanes = 8;
/// wgmma multiplies 16 bits.
static constexpr int64_t kElementBytes = 2;
static constexpr int64_t kBarrierBytes = 1024;
/// The most dynamic shared memory of a block: 227 KB.
static constexpr int64_t kMaxSharedBytes = 227 * 1024;
/// Registers for addresses, row statistics and loop counters.
static constexpr int64_t kOtherRegisters = 24;

//===----------------------------------------------------------------------===//
// The attribute alone
//===----------------------------------------------------------------------===//

static LogicalResult checkTiles(function_ref<InFlightDiagnostic()> emitError,
                                int64_t queries, int64_t keys, int64_t stages,
                                int64_t consumers) {
  if (consumers < 1 || consumers > kMaxConsumers)
    return emitError() << "consumers = " << consumers
                       << " must be 1 to 3 warpgroups";
  if (queries != kFragmentQueries * consumers)
    return emitError() << "queries = " << queries
                       << " must be 64 * consumers = "
                       << kFragmentQueries * consumers;
  if (keys < kKeyStep || keys > kMaxKeys || keys % kKeyStep != 0)
    return emitError() << "keys = " << keys
                       << " must be a multiple of 16 from 16 to 256";
  return checkStages(emitError, stages);
}

LogicalResult
SM90ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         int64_t queries, int64_t keys, int64_t stages,
                         int64_t consumers, int64_t lanes, bool pingpong,
                         TileOrder order, int64_t group) {
  if (failed(checkTiles(emitError, queries, keys, stages, consumers)))
    return failure();
  if (lanes < 1 || lanes > kMaxLanes || !llvm::isPowerOf2_64(lanes))
    return emitError() << "lanes = " << lanes << " must be 1, 2, 4 or 8";
  if (pingpong && consumers == 1)
    return emitError() << "pingpong = true needs 2 or 3 consumers to take "
                          "turns, got 1";
  return checkGroup(emitError, group, order);
}

//===----------------------------------------------------------------------===//
// With the sizes of a launch
//===----------------------------------------------------------------------===//

int64_t SM90ScheduleAttr::getSharedBytes(int64_t headDim,
                                         int64_t valueDim) const {
  int64_t k = rowBytes(headDim, kElementBytes);
  int64_t v = rowBytes(valueDim, kElementBytes);
  return getQueries() * k + getStages() * getKeys() * (k + v) + kBarrierBytes;
}

/// What the producer warpgroup's 24 (or 32) registers leave of the block's.
int64_t SM90ScheduleAttr::getConsumerRegisters() const {
  return getConsumers() == kMaxConsumers ? 160 : 240;
}

/// Registers of one of a warpgroup's 128 threads: its scores in f32, p as
/// 16-bit pairs, and o in f32 with Dv in steps of 8 columns.
static int64_t accumulatorRegisters(int64_t keys, int64_t valueDim) {
  return keys / 2 + keys / 4 + outputRegisters(valueDim);
}

/// One tile of the fewest keys always fits, so there is an answer.
static LogicalResult
checkSharedBytes(function_ref<InFlightDiagnostic()> emitError,
                 SM90ScheduleAttr schedule, int64_t headDim, int64_t valueDim) {
  int64_t bytes = schedule.getSharedBytes(headDim, valueDim);
  if (bytes <= kMaxSharedBytes)
    return success();
  int64_t keyBytes =
      rowBytes(headDim, kElementBytes) + rowBytes(valueDim, kElementBytes);
  int64_t ring = schedule.getStages() * schedule.getKeys() * keyBytes;
  int64_t room = kMaxSharedBytes - (bytes - ring);
  int64_t keys =
      llvm::alignDown(room / (schedule.getStages() * keyBytes), kKeyStep);
  return emitError() << "schedule needs " << bytes
                     << " bytes of shared memory for D = " << headDim
                     << " and Dv = " << valueDim << ", more than the "
                     << kMaxSharedBytes
                     << " of a block: use at most keys = " << keys
                     << ", or fewer stages";
}

static LogicalResult
checkRegisters(function_ref<InFlightDiagnostic()> emitError,
               SM90ScheduleAttr schedule, int64_t valueDim) {
  int64_t keys = schedule.getKeys();
  int64_t available = schedule.getConsumerRegisters() - kOtherRegisters;
  int64_t needed = accumulatorRegisters(keys, valueDim);
  if (needed < available)
    return success();
  while (keys > 0 && accumulatorRegisters(keys, valueDim) >= available)
    keys -= kKeyStep;
  InFlightDiagnostic diag =
      emitError() << "schedule needs " << needed
                  << " registers per consumer thread for scores, p and o with "
                     "Dv = "
                  << valueDim << ", but " << schedule.getConsumers()
                  << " consumers must stay below " << available << ": use ";
  if (keys > 0)
    diag << "at most keys = " << keys;
  else
    diag << "at most 2 consumers";
  return diag;
}

LogicalResult
SM90ScheduleAttr::verifyLaunch(function_ref<InFlightDiagnostic()> emitError,
                               int64_t headDim, int64_t valueDim,
                               Type elementType) const {
  if (!elementType.isF16() && !elementType.isBF16())
    return emitError() << "schedule #rdattn.sm90 computes bf16 and f16, not "
                       << elementType;
  if (failed(checkHeadDims(emitError, headDim, valueDim)) ||
      failed(checkSharedBytes(emitError, *this, headDim, valueDim)))
    return failure();
  return checkRegisters(emitError, *this, valueDim);
}
