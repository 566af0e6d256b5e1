//===- Architectures.h - Which of several codes a device runs ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_ARCHITECTURES_H
#define RDATTN_RUNTIME_CUDA_ARCHITECTURES_H

#include "runtime/cuda/Device.h"

#include <vector>

namespace rdattn::runtime::cuda {

/// True of what a module's code can be written for: "sm_90a", that capability
/// alone, or "sm_80", it and all later ones.
bool isArchitecture(const char *name);

/// The first of the architectures from `first` on whose code the device runs,
/// or past the last. Where the environment's RDATTN_CUDA_ARCHITECTURE names
/// one, no other is taken.
MaybeFailure chooseArchitecture(const Device &device,
                                const std::vector<const char *> &architectures,
                                size_t first, size_t &chosen);

/// That a device runs no code for any of the targets.
Failure unsupported(const Device &device,
                    const std::vector<std::string> &targets);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_ARCHITECTURES_H
