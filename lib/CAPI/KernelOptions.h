//===- KernelOptions.h - What a kernel is asked to be -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_KERNELOPTIONS_H
#define RDATTN_CAPI_KERNELOPTIONS_H

#include "lib/Pipelines/Lowering.h"

#include "rdattn/compiler.h"

namespace rdattn::capi {

/// How the kernel is lowered; an error names the first option that does not
/// fit. The pattern's text is not read.
llvm::Expected<LoweringOptions>
readOptions(const rdattn_kernel_options &options);

} // namespace rdattn::capi

#endif // RDATTN_CAPI_KERNELOPTIONS_H
