//===- DeviceCode.h - From a GPU module to PTX ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_CUDA_DEVICECODE_H
#define RDATTN_TARGET_CUDA_DEVICECODE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace rdattn {

/// Registers the translations that DeviceCode needs.
void registerDeviceTranslations(mlir::DialectRegistry &registry);

/// A GPU module as LLVM IR. It shares nothing with MLIR or with another one,
/// so that several can become PTX in as many threads.
class DeviceCode {
public:
  /// `module` is in the LLVM and NVVM dialects. An error names the GPU where
  /// LLVM does not know it.
  static llvm::Expected<DeviceCode> create(mlir::gpu::GPUModuleOp module,
                                           mlir::NVVM::NVVMTargetAttr target);

  /// Optimises the code and returns its PTX.
  llvm::Expected<std::string> emitPTX();

private:
  void optimize();

  // The module goes before its context.
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> code;
};

} // namespace rdattn

#endif // RDATTN_TARGET_CUDA_DEVICECODE_H
