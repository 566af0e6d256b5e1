//===- KernelJobs.h - Kernels compiled in parallel --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_CUDA_KERNELJOBS_H
#define RDATTN_TARGET_CUDA_KERNELJOBS_H

#include "lib/Target/CUDA/DeviceCode.h"
#include "lib/Target/CUDA/Ptxas.h"

namespace rdattn {

/// What to make of each kernel.
struct KernelFormats {
  /// "ptx", "cubin", "both" or "auto": both where there is a ptxas. It is
  /// searched where `ptxas` is empty.
  static llvm::Expected<KernelFormats> parse(llvm::StringRef format,
                                             llvm::StringRef ptxas);

  bool ptx = true;
  std::optional<Ptxas> ptxas; ///< where a cubin is wanted
};

/// Whether `op` is a kernel in the LLVM dialect.
bool isKernel(mlir::Operation *op);

/// One kernel for one GPU, and what became of it.
struct KernelJob {
  mlir::gpu::GPUModuleOp module;
  mlir::Operation *kernel; ///< in the module
  mlir::NVVM::NVVMTargetAttr target;
  std::string ptx, error; ///< no error where the error is empty
  std::optional<Cubin> cubin;
};

/// Runs all jobs, in the threads that the context allows.
void compileKernels(mlir::MLIRContext *context,
                    llvm::MutableArrayRef<KernelJob> jobs,
                    const KernelFormats &formats);

} // namespace rdattn

#endif // RDATTN_TARGET_CUDA_KERNELJOBS_H
