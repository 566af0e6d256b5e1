//===- KernelLaunch.h - A kernel at the launch level ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_KERNELLAUNCH_H
#define RDATTN_CAPI_KERNELLAUNCH_H

#include "lib/CAPI/KernelOptions.h"
#include "lib/CAPI/Session.h"

namespace rdattn::capi {

/// The launch of a kernel, which knows no pattern, and the plan of its pattern.
struct KernelLaunch {
  std::string source; ///< the attention level
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<int64_t> planWords;
};

/// Lowers what `request` read from the options to the launch level, with its
/// plan outlined.
rdattn_status lowerToLaunch(Session &session,
                            const rdattn_kernel_options &options,
                            const KernelRequest &request, KernelLaunch &launch);

std::string print(mlir::ModuleOp module);

} // namespace rdattn::capi

#endif // RDATTN_CAPI_KERNELLAUNCH_H
