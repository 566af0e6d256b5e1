//===- Tensors.cpp - The tensors of a launch ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Tensors.h"
#include "runtime/TensorChecks.h"

#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static constexpr int64_t kAlignment = 16; // bytes, of wide copies and of maps

static int64_t addressOf(const void *aligned, int64_t offset, int64_t bytes) {
  return reinterpret_cast<int64_t>(aligned) + offset * bytes;
}

LaunchKey::LaunchKey(const Tensors &given, const Program &program,
                     const ItemRange &items)
    : tensors(), dtype(program.dtype), queries(program.queries),
      keys(program.keys), kernels(program.kinds), mappers(program.mappers),
      items(items) {
  const int64_t bytes = bytesOf(static_cast<rdattn_dtype>(dtype));
  const Memref4 *memrefs[] = {given.q, given.k, given.v, given.o};
  for (int i = Q; i <= O; ++i)
    if (const Memref4 *memref = memrefs[i]) {
      tensors[i].address = addressOf(memref->aligned, memref->offset, bytes);
      std::memcpy(tensors[i].sizes, memref->sizes, sizeof(memref->sizes));
      std::memcpy(tensors[i].strides, memref->strides, sizeof(memref->strides));
    }
  auto setAddress = [&](int tensor, const auto *memref) { // of f32
    if (memref)
      tensors[tensor].address =
          addressOf(memref->aligned, memref->offset, sizeof(float));
  };
  setAddress(Lse, given.lse);
  setAddress(Partial, given.partial);
  setAddress(Maxima, given.maxima);
  setAddress(Sums, given.sums);
}

bool LaunchKey::operator==(const LaunchKey &other) const {
  static_assert(std::has_unique_object_representations_v<LaunchKey>);
  return std::memcmp(this, &other, sizeof(LaunchKey)) == 0;
}

uint64_t LaunchKey::hashAddresses() const {
  uint64_t hash = 0;
  for (const Tensor &tensor : tensors)
    hash = (hash ^ static_cast<uint64_t>(tensor.address)) * 0x9e3779b97f4a7c15u;
  return hash;
}

bool LaunchKey::isAligned(int tensor) const {
  const Tensor &t = tensors[tensor];
  const int64_t bytes = bytesOf(static_cast<rdattn_dtype>(dtype));
  if (t.address % kAlignment != 0)
    return false;
  for (int d = 0; d < 3; ++d) // the last is contiguous
    if (t.sizes[d] > 1 && t.strides[d] * bytes % kAlignment != 0)
      return false;
  return true;
}

bool LaunchKey::isMappable(int tensor) const {
  const Tensor &t = tensors[tensor];
  const int64_t bytes = bytesOf(static_cast<rdattn_dtype>(dtype));
  constexpr int64_t kLargest = int64_t(1) << 40; // bytes, of a map's strides
  if (!isAligned(tensor))
    return false;
  for (int d = 0; d < 3; ++d) {
    // A map of stride r steps by r tokens, of which there are more.
    int64_t most = kLargest / (d == 1 ? t.sizes[1] : 1) / bytes;
    if (t.sizes[d] > 1 && (t.strides[d] <= 0 || t.strides[d] >= most))
      return false;
  }
  return true;
}

MaybeFailure rdattn::runtime::cuda::checkMemory(const Device &device,
                                                const char *name,
                                                Address address) {
  unsigned type = 0, isManaged = 0;
  int ordinal = -1;
  int attributes[] = {MemoryType, IsManaged, DeviceOrdinal};
  void *values[] = {&type, &isManaged, &ordinal};
  Result result =
      device.api().pointerAttributes(3, attributes, values, address);
  if (result != Success && result != InvalidValue)
    return device.failure(result, sentence("tell where ", name, " is"));
  if (isManaged)
    return std::nullopt;
  if (result == InvalidValue || type != DeviceMemoryType)
    return invalid(name,
                   " is not in GPU memory, but must be in that of device ",
                   device.ordinal);
  if (ordinal != device.ordinal)
    return invalid(name, " is in the memory of device ", ordinal,
                   ", but the call runs on device ", device.ordinal);
  return std::nullopt;
}

MaybeFailure rdattn::runtime::cuda::checkMemory(const Device &device,
                                                const LaunchKey &key) {
  static constexpr const char *kNames[] = {
      "q", "k", "v", "o", "lse", "the partial o", "its maxima", "its sums"};
  for (int i = 0; i < LaunchKey::Count; ++i)
    if (key.tensors[i].address != 0)
      if (MaybeFailure failure = checkMemory(
              device, kNames[i], static_cast<Address>(key.tensors[i].address)))
        return failure;
  return std::nullopt;
}
