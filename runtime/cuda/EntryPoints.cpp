//===- EntryPoints.cpp - The C ABI of CUDA memory -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Driver.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// Runs `body` with the device's context current.
template <typename Body>
static rdattn_status onDevice(int32_t ordinal, Body body) {
  return guarded([&]() -> MaybeFailure {
    Device *device = nullptr;
    if (MaybeFailure failure = findDevice(ordinal, device))
      return failure;
    ScopedContext context(*device);
    if (MaybeFailure failure = context.failure())
      return failure;
    return body(*device);
  });
}

static MaybeFailure failureOf(const Device &device, Result result,
                              const char *what) {
  if (result == Success)
    return std::nullopt;
  return device.failure(result, what);
}

extern "C" rdattn_status rdattn_cuda_device_count(int32_t *count) {
  return guarded([&]() -> MaybeFailure {
    if (!count)
      return invalid("count is NULL, but must point to where the count goes");
    return countDevices(*count);
  });
}

extern "C" rdattn_status rdattn_cuda_allocate(int32_t device, size_t bytes,
                                              void **data) {
  if (data)
    *data = nullptr;
  return onDevice(device, [&](Device &device) -> MaybeFailure {
    if (!data)
      return invalid("data is NULL, but must point to where the memory goes");
    if (bytes == 0)
      return std::nullopt;
    ResourcePointer memory;
    if (MaybeFailure failure = device.allocate(bytes, "the caller", memory))
      return failure;
    std::unique_ptr<Resource> owned(memory.release());
    *data = reinterpret_cast<void *>(owned->memory);
    return std::nullopt;
  });
}

extern "C" rdattn_status rdattn_cuda_free(int32_t device, void *data) {
  return onDevice(device, [&](Device &device) -> MaybeFailure {
    if (!data)
      return std::nullopt;
    OutsideCapture outside(device.api());
    return failureOf(device, device.api().free(reinterpret_cast<Address>(data)),
                     "free memory");
  });
}

extern "C" rdattn_status rdattn_cuda_copy(int32_t device, void *to,
                                          const void *from, size_t bytes) {
  return onDevice(device, [&](Device &device) -> MaybeFailure {
    if (bytes == 0)
      return std::nullopt;
    if (!to || !from)
      return invalid(to ? "from" : "to",
                     " is NULL, but must point to host or device memory");
    Result result = device.api().copy(reinterpret_cast<Address>(to),
                                      reinterpret_cast<Address>(from), bytes);
    if (result == Success) // between devices the copy itself does not wait
      result = device.api().streamSynchronize(nullptr);
    return failureOf(device, result, "copy memory");
  });
}

extern "C" rdattn_status rdattn_cuda_synchronize(int32_t device, void *stream) {
  return onDevice(device, [&](Device &device) -> MaybeFailure {
    return failureOf(
        device,
        device.api().streamSynchronize(static_cast<StreamHandle>(stream)),
        "wait for the stream");
  });
}
