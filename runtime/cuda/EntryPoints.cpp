//===- EntryPoints.cpp - The C ABI of CUDA launches and memory ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tables.h"
#include "runtime/cuda/Driver.h"
#include "runtime/cuda/Launch.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static MaybeFailure launch(Call &call, const rdattn_cuda_program &program,
                           float scale, const Tensors &tensors,
                           const rdattn_table2 &items,
                           const rdattn_table1 &rows,
                           const rdattn_table1 &phases) {
  LaunchRequest request = {program, scale, tensors, {}};
  if (MaybeFailure failure = viewTables(items, rows, phases, request.tables))
    return failure;
  Device *device = nullptr;
  if (MaybeFailure failure = findDevice(call.cuda.device, device))
    return failure;
  ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  return Launch(*device, call.cuda.stream).run(call, request);
}

extern "C" void rdattn_cuda_launch(void *opaque,
                                   const rdattn_cuda_program *program,
                                   float scale, const void *q, const void *k,
                                   const void *v, const rdattn_table2 *items,
                                   const rdattn_table1 *rows,
                                   const rdattn_table1 *phases, const void *o,
                                   const void *lse) {
  Call &call = Call::of(opaque);
  if (!call.cuda.function) {
    rdattn_fail(RDATTN_INVALID_ARGUMENT,
                "a CUDA function was called outside of rdattn_run, which alone "
                "knows its device and stream");
    return;
  }
  if (call.shouldStop() || areOfNoPlan(*phases))
    return;
  const Tensors tensors = {
      static_cast<const Memref4 *>(q), static_cast<const Memref4 *>(k),
      static_cast<const Memref4 *>(v), static_cast<const Memref4 *>(o),
      static_cast<const Memref3 *>(lse)};
  // Compiled code has no unwind tables: nothing may be thrown through it.
  try {
    if (MaybeFailure failure =
            launch(call, *program, scale, tensors, *items, *rows, *phases))
      call.fail(std::move(*failure));
  } catch (...) {
    call.failOutOfMemory();
  }
}

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
