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

/// One kernel for one GPU, and what became of it.
struct KernelJob {
  DeviceCode code;
  std::string chip;
  std::string ptx, error; ///< no error where the error is empty
  std::optional<Cubin> cubin;
};

/// Runs all jobs, in as many threads as there are cores.
void compileKernels(llvm::MutableArrayRef<KernelJob> jobs,
                    const KernelFormats &formats);

} // namespace rdattn

#endif // RDATTN_TARGET_CUDA_KERNELJOBS_H
