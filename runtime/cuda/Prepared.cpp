//===- Prepared.cpp - How a launch runs -----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Prepared.h"
#include "runtime/TensorChecks.h"
#include "runtime/cuda/TensorMaps.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// True where rows can be copied 16 bytes at a time.
static bool areRowsWide(const LaunchKey &key) {
  const int64_t bytes = bytesOf(static_cast<rdattn_dtype>(key.dtype));
  for (int tensor : {LaunchKey::Q, LaunchKey::V})
    if (key.tensors[tensor].sizes[3] * bytes % 16 != 0)
      return false;
  return true;
}

static bool allOf(const LaunchKey &key, int last,
                  bool (LaunchKey::*test)(int) const) {
  for (int tensor = LaunchKey::Q; tensor <= last; ++tensor)
    if (!(key.*test)(tensor))
      return false;
  return true;
}

/// Of the kernels that there are, the most special one that serves.
MaybeFailure Prepared::chooseKind(const MapStrides &strides, bool mappable) {
  const bool aligned = allOf(key, LaunchKey::O, &LaunchKey::isAligned) &&
                       key.isAligned(LaunchKey::Partial);
  const bool serves[] = {aligned && mappable && strides.readAll,
                         aligned && areRowsWide(key), true};
  for (int candidate = RDATTN_KERNEL_MAP; candidate <= RDATTN_KERNEL_ELEMENTS;
       ++candidate)
    if (serves[candidate] && (key.kernels >> candidate & 1)) {
      kind = candidate;
      return std::nullopt;
    }
  return invalid("the module has no kernel for ",
                 !aligned ? "tensors that are not aligned to 16 bytes"
                 : key.kernels >> RDATTN_KERNEL_ROWS & 1
                     ? "head dimensions that are not multiples of 16 bytes"
                     : "classes or strides that tensor maps cannot read");
}

MaybeFailure Prepared::prepare(const Device &device,
                               const MapStrides &strides) {
  if (MaybeFailure failure = checkMemory(device, key))
    return failure;
  const bool mappable = key.dtype != RDATTN_FLOAT32 &&
                        allOf(key, LaunchKey::V, &LaunchKey::isMappable);
  if (MaybeFailure failure = chooseKind(strides, mappable))
    return failure;
  if (mappable && (key.mappers >> kind & 1))
    return encodeMaps(device, key, strides, maps);
  return std::nullopt;
}
