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

/// Loads the image for the sake of `kernel`, which messages name. Where the
/// driver is too old for it, the status is RDATTN_UNSUPPORTED_DEVICE: another
/// image may do.
MaybeFailure loadImage(Device &device, const rdattn_cuda_image &image,
                       const char *kernel, ResourcePointer &module);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_IMAGELOADING_H
