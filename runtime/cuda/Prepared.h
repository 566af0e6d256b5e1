//===- Prepared.h - How a launch runs ---------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PREPARED_H
#define RDATTN_RUNTIME_CUDA_PREPARED_H

#include "runtime/cuda/MapStrides.h"
#include "runtime/cuda/Tensors.h"

namespace rdattn::runtime::cuda {

/// What is found out once for the tensors of a launch.
struct Prepared {
  explicit Prepared(const LaunchKey &key) : key(key) {}

  /// Checks the tensors' memory, chooses the kernel and encodes its maps.
  MaybeFailure prepare(const Device &device, const MapStrides &strides);

  const LaunchKey key;
  int kind = -1; ///< rdattn_kernel_kind
  rdattn_cuda_maps maps = {};

private:
  MaybeFailure chooseKind(const MapStrides &strides, bool mappable);
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PREPARED_H
