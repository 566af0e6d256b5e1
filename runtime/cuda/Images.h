//===- Images.h - Which code a device can run -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_IMAGES_H
#define RDATTN_RUNTIME_CUDA_IMAGES_H

#include "rdattn/module.h"
#include "runtime/cuda/Device.h"

#include <vector>

namespace rdattn::runtime::cuda {

/// "sm_80": code of a capability and of later ones with the same major number;
/// "compute_80": text that the driver compiles.
struct ImageTarget {
  bool isText = false;
  int major = 0, minor = 0;
  char suffix = 0; ///< 'a': this capability alone; 'f': its family; or 0
};

/// False where `text` is no target.
bool parseTarget(const char *text, ImageTarget &target);

/// How well code for the target serves the device: 0 where it does not, and
/// more for what is closer to it.
int suitability(const ImageTarget &target, const Device &device);

/// The images with a kernel that the device can run, the most suitable first.
std::vector<const rdattn_cuda_image *>
suitableImages(const rdattn_cuda_program &program, const char *kernel,
               const Device &device);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_IMAGES_H
