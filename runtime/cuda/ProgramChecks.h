//===- ProgramChecks.h - Checks of a module's CUDA code ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PROGRAMCHECKS_H
#define RDATTN_RUNTIME_CUDA_PROGRAMCHECKS_H

#include "rdattn/module.h"
#include "runtime/cuda/Device.h"

namespace rdattn::runtime::cuda {

constexpr int kKernelKinds = RDATTN_KERNEL_PACK_ELEMENTS + 1;

/// Every field that a launch relies on.
MaybeFailure checkProgram(const rdattn_cuda_program &program);

/// That the program has code for the device, and fits its shared memory.
MaybeFailure checkDevice(const rdattn_cuda_program &program,
                         const Device &device);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PROGRAMCHECKS_H
