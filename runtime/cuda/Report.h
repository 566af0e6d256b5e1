//===- Report.h - How a launch ran ------------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_REPORT_H
#define RDATTN_RUNTIME_CUDA_REPORT_H

#include "runtime/cuda/Program.h"

namespace rdattn::runtime::cuda {

/// Fills a caller's report of a launch of so many blocks.
MaybeFailure describeLaunch(const Device &device, const Program &program,
                            const Kernel &kernel, int64_t blocks,
                            rdattn_cuda_report &report);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_REPORT_H
