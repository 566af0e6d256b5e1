//===- TensorMaps.h - Tensor maps of q, k and v -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_TENSORMAPS_H
#define RDATTN_RUNTIME_CUDA_TENSORMAPS_H

#include "runtime/cuda/MapStrides.h"
#include "runtime/cuda/Tensors.h"

namespace rdattn::runtime::cuda {

/// Encodes the maps of q, k and v for each of the strides.
/// \pre q, k and v are mappable, of 16-bit elements.
MaybeFailure encodeMaps(const Device &device, const LaunchKey &key,
                        const MapStrides &strides, rdattn_cuda_maps &maps);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_TENSORMAPS_H
