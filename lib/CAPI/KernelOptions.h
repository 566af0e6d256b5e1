//===- KernelOptions.h - What a kernel is asked to be -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_KERNELOPTIONS_H
#define RDATTN_CAPI_KERNELOPTIONS_H

#include "lib/Pipelines/Lowering.h"
#include "lib/Planner/Pattern.h"
#include "lib/Planner/RingLayout.h"

#include "rdattn/compiler.h"

namespace rdattn::capi {

/// What the options of a kernel ask for.
struct KernelRequest {
  LoweringOptions lowering;
  planner::Pattern pattern;
  std::optional<planner::Layout> layout; ///< of a ring, where it runs on one
};

/// An error names the first option that does not fit, the pattern last.
llvm::Expected<KernelRequest> readRequest(const rdattn_kernel_options &options);

/// The layout of that name; none for NULL.
llvm::Expected<std::optional<planner::Layout>> readLayout(const char *name);

} // namespace rdattn::capi

#endif // RDATTN_CAPI_KERNELOPTIONS_H
