//===- GPUScheduleLimits.cpp - What bounds every GPU's schedule -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/GPUScheduleLimits.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rdattn;

static constexpr int64_t kMaxStages = 8;
static constexpr int64_t kMaxHeadDim = 256;
static constexpr int64_t kPanelBytes = 128;

LogicalResult limits::checkStages(EmitError emitError, int64_t stages) {
  if (stages >= 1 && stages <= kMaxStages)
    return success();
  return emitError() << "stages = " << stages << " must be 1 to " << kMaxStages;
}

LogicalResult limits::checkGroup(EmitError emitError, int64_t group,
                                 TileOrder order) {
  if (group < 0)
    return emitError() << "group = " << group
                       << " must be at least 0, which sorts a whole branch";
  if (group > 0 && order == TileOrder::Plain)
    return emitError() << "group = " << group
                       << " needs order = longest_first: a plain table is not "
                          "sorted";
  return success();
}

LogicalResult limits::checkHeadDims(EmitError emitError, int64_t headDim,
                                    int64_t valueDim) {
  for (auto [name, size] : {std::pair("D", headDim), std::pair("Dv", valueDim)})
    if (size > kMaxHeadDim)
      return emitError() << name << " = " << size
                         << " exceeds the limit of CUDA kernels: D and Dv must "
                            "be at most "
                         << kMaxHeadDim;
  return success();
}

int64_t limits::rowBytes(int64_t columns, int64_t elementBytes) {
  return llvm::alignTo(columns * elementBytes, kPanelBytes);
}

int64_t limits::outputRegisters(int64_t valueDim) {
  return llvm::divideCeil(valueDim, 8) * 4;
}
