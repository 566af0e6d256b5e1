//===- TensorMaps.cpp - Tensor maps of q, k and v -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/TensorMaps.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static constexpr int kDimensions = 5;
static constexpr uint32_t kPanelColumns = 64; // 128 bytes, the swizzle's
static constexpr int64_t kElementBytes = 2;
static constexpr uint64_t kAnyStride = 16; // of a dimension of size 1

/// The map of one tensor with token stride `stride`: columns, rows of a class,
/// classes, heads, batch.
static MaybeFailure encodeMap(const Device &device,
                              const LaunchKey::Tensor &tensor, int64_t dtype,
                              int64_t stride, int64_t boxRows, void *map) {
  const uint64_t sizes[kDimensions] = {
      static_cast<uint64_t>(tensor.sizes[3]),
      static_cast<uint64_t>(tensor.sizes[1] / stride),
      static_cast<uint64_t>(stride), static_cast<uint64_t>(tensor.sizes[2]),
      static_cast<uint64_t>(tensor.sizes[0])};
  const int64_t steps[kDimensions - 1] = {stride * tensor.strides[1],
                                          tensor.strides[1], tensor.strides[2],
                                          tensor.strides[0]};
  uint64_t strides[kDimensions - 1];
  for (int d = 0; d < kDimensions - 1; ++d)
    strides[d] = sizes[d + 1] == 1
                     ? kAnyStride
                     : static_cast<uint64_t>(steps[d]) * kElementBytes;
  const uint32_t box[kDimensions] = {kPanelColumns,
                                     static_cast<uint32_t>(boxRows), 1, 1, 1};
  const uint32_t elementStrides[kDimensions] = {1, 1, 1, 1, 1};
  Result result = device.api().encodeTiled(
      map, dtype == RDATTN_FLOAT16 ? MapFloat16 : MapBFloat16, kDimensions,
      reinterpret_cast<void *>(tensor.address), sizes, strides, box,
      elementStrides, MapNoInterleave, MapSwizzle128, MapPromote256,
      MapFillZero);
  if (result != Success)
    return device.failure(result, "encode a tensor map");
  return std::nullopt;
}

static void copyTo(int32_t (&to)[RDATTN_CUDA_MAPS],
                   const int32_t (&from)[RDATTN_CUDA_MAPS]) {
  std::copy(std::begin(from), std::end(from), to);
}

MaybeFailure rdattn::runtime::cuda::encodeMaps(const Device &device,
                                               const LaunchKey &key,
                                               const MapStrides &strides,
                                               rdattn_cuda_maps &maps) {
  for (int tensor = LaunchKey::Q; tensor <= LaunchKey::V; ++tensor) {
    const bool isQ = tensor == LaunchKey::Q;
    const StrideList &list = isQ ? strides.queries : strides.keys;
    for (int m = 0; m < list.count; ++m)
      if (MaybeFailure failure =
              encodeMap(device, key.tensors[tensor], key.dtype, list.strides[m],
                        isQ ? key.queries : key.keys, maps.maps[tensor][m]))
        return failure;
  }
  copyTo(maps.strides, strides.queries.strides);
  copyTo(maps.limits, strides.queries.limits);
  copyTo(maps.key_strides, strides.keys.strides);
  copyTo(maps.key_limits, strides.keys.limits);
  return std::nullopt;
}
