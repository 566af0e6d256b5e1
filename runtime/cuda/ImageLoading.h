//===- ImageLoading.h - Gives code to the driver ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_IMAGELOADING_H
#define RDATTN_RUNTIME_CUDA_IMAGELOADING_H

#include "runtime/cuda/Images.h"

#include <map>

namespace rdattn::runtime::cuda {

/// The images of a variant that were loaded.
using LoadedImages = std::map<const rdattn_cuda_image *, ResourcePointer>;

/// Finds the most suitable image with the kernel that the driver takes, and
/// loads it unless it is loaded. A driver that is too old for all of them is
/// RDATTN_UNSUPPORTED_DEVICE.
MaybeFailure findImage(Device &device, const rdattn_cuda_variant &variant,
                       const char *kernel, LoadedImages &loaded,
                       ModuleHandle &module);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_IMAGELOADING_H
