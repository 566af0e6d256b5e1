//===- ImageLoading.h - Gives code to the driver ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_IMAGELOADING_H
#define RDATTN_RUNTIME_CUDA_IMAGELOADING_H

#include "runtime/cuda/Images.h"

namespace rdattn::runtime::cuda {

/// Loads the most suitable image that the driver takes. A driver that is too
/// old for all of them is RDATTN_UNSUPPORTED_DEVICE.
MaybeFailure loadBestImage(Device &device, const rdattn_cuda_variant &variant,
                           ResourcePointer &module);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_IMAGELOADING_H
