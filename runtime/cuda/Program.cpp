//===- Program.cpp - A module's code on a device --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Program.h"
#include "runtime/cuda/ImageLoading.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure Program::create(Device &device, const rdattn_cuda_program &data,
                             std::shared_ptr<Program> &program) {
  if (MaybeFailure failure = checkProgram(data))
    return failure;
  if (MaybeFailure failure = checkDevice(data, device))
    return failure;
  program = std::make_shared<Program>(device, data);
  return std::nullopt;
}

Program::Program(Device &device, const rdattn_cuda_program &data)
    : dtype(data.dtype), headDim(data.head_dim), valueDim(data.value_dim),
      epilogue(data.epilogue), queries(data.queries), keys(data.keys),
      device(device), data(data) {
  for (uint64_t i = 0; i < data.kernel_count; ++i) {
    const rdattn_cuda_kernel &given = data.kernels[i];
    Kernel &kernel = kernels[given.kind];
    kernel.name = given.name;
    kernel.roles = given.roles;
    kernel.threads = static_cast<unsigned>(given.threads);
    kernel.sharedBytes = static_cast<unsigned>(given.shared_bytes);
    kinds |= int64_t(1) << given.kind;
    if (kernel.takes(RDATTN_KERNEL_ROLE_MAPS))
      mappers |= int64_t(1) << given.kind;
  }
}

/// The most suitable image that the driver takes, loaded once for all kernels
/// that it has.
MaybeFailure Program::findModule(const Kernel &kernel, ModuleHandle &module) {
  MaybeFailure first;
  for (const rdattn_cuda_image *image :
       suitableImages(data, kernel.name.c_str(), device)) {
    for (const LoadedImage &loaded : images)
      if (loaded.image == image) {
        module = loaded.module->module;
        return std::nullopt;
      }
    ResourcePointer resource;
    MaybeFailure failure =
        loadImage(device, *image, kernel.name.c_str(), resource);
    if (!failure) {
      module = resource->module;
      images.push_back({image, std::move(resource)});
      return std::nullopt;
    }
    if (failure->status != RDATTN_UNSUPPORTED_DEVICE)
      return failure;
    if (!first)
      first = std::move(failure);
  }
  if (first)
    return first;
  return badModule("the module has no code of kernel '", kernel.name,
                   "' for device ", device.ordinal, " (", device.name, ")");
}

MaybeFailure Program::loadKernel(Kernel &kernel) {
  ModuleHandle module = nullptr;
  if (MaybeFailure failure = findModule(kernel, module))
    return failure;
  const Api &api = device.api();
  const int threads = static_cast<int>(kernel.threads);
  int blocks = 0;
  Result result =
      api.moduleFunction(&kernel.function, module, kernel.name.c_str());
  if (result != Success)
    return device.failure(result, sentence("find kernel '", kernel.name, "'"));
  result = api.functionSetAttribute(kernel.function, MaxDynamicSharedSize,
                                    static_cast<int>(kernel.sharedBytes));
  if (result == Success)
    result =
        api.occupancy(&blocks, kernel.function, threads, kernel.sharedBytes);
  if (result != Success)
    return device.failure(result,
                          sentence("set up kernel '", kernel.name, "'"));
  if (blocks == 0)
    return Failure{RDATTN_UNSUPPORTED_DEVICE,
                   sentence("a block of kernel '", kernel.name, "' with ",
                            threads, " threads and ", kernel.sharedBytes,
                            " bytes of shared memory does not fit device ",
                            device.ordinal, " (", device.name, ")")};
  kernel.blocks = blocks;
  return std::nullopt;
}

MaybeFailure Program::findKernel(int kind, const Kernel *&result) {
  Kernel &kernel = kernels[kind];
  result = &kernel;
  if (kernel.isLoaded.load(std::memory_order_acquire))
    return std::nullopt;
  std::lock_guard<std::mutex> lock(mutex);
  if (kernel.isLoaded.load(std::memory_order_relaxed))
    return std::nullopt;
  OutsideCapture outside(device.api());
  if (MaybeFailure failure = loadKernel(kernel))
    return failure;
  kernel.isLoaded.store(true, std::memory_order_release);
  return std::nullopt;
}
