//===- Lowering.h - Lowering from any level to a later one ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PIPELINES_LOWERING_H
#define RDATTN_PIPELINES_LOWERING_H

#include "lib/Pipelines/Levels.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <functional>

namespace rdattn {

/// Sees the IR on its way down; a failure ends the lowering.
class LoweringObserver {
public:
  virtual ~LoweringObserver() = default;
  /// After the passes that lead to `level`.
  virtual mlir::LogicalResult atLevel(Level level, mlir::ModuleOp module) = 0;
  /// Once kernels are code, in the module's gpu.binary operations.
  virtual mlir::LogicalResult atKernels(mlir::ModuleOp module) = 0;
};

struct LoweringOptions {
  TargetKind target = TargetKind::CPU;
  std::string cpu = "host";
  /// Fields of a schedule set by hand, for one architecture of GPUs: "keys =
  /// 112, stages = 3".
  std::string schedule;
  /// What GPU kernels become: ptx, cubin, both, or auto.
  std::string kernelFormat = "auto";
  /// Take work tables as arguments instead of planning (a kernel for any
  /// pattern of one key).
  bool outlinePlans = false;
  LoweringObserver *observer = nullptr;
};

/// Adds the passes that lead to `level`. Each does nothing to IR that is
/// already below it, so the input may be at any earlier level. From the launch
/// down the schedule says what the target is; `options.target` chooses it
/// above.
void buildLowering(mlir::OpPassManager &manager, Level level,
                   const LoweringOptions &options = {});

/// Adds the passes that bring a gpu.module without rdtile from scf, arith,
/// math, memref and gpu to the LLVM and NVVM dialects.
void buildGPUModulePipeline(mlir::OpPassManager &manager);

/// Registers --rdattn-lower-to=level=...
void registerLoweringPipeline();

/// Adds a pass that hands the module to `see`.
void addObserver(mlir::OpPassManager &manager,
                 std::function<mlir::LogicalResult(mlir::ModuleOp)> see);

/// Adds a pass that refuses launches whose target has no such level.
void addCheckLevel(mlir::OpPassManager &manager, Level level);

} // namespace rdattn

#endif // RDATTN_PIPELINES_LOWERING_H
