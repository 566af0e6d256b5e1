//===- Program.cpp - One variant of a module's code on a device -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Program.h"
#include "runtime/cuda/ImageLoading.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

Program::Program(Device &device, const rdattn_cuda_program &program,
                 uint64_t index)
    : index(index), dtype(program.dtype), headDim(program.head_dim),
      valueDim(program.value_dim), queries(program.variants[index].queries),
      keys(program.variants[index].keys), device(device),
      variant(program.variants[index]) {
  for (uint64_t i = 0; i < variant.kernel_count; ++i) {
    const rdattn_cuda_kernel &data = variant.kernels[i];
    Kernel &kernel = kernels[data.kind];
    kernel.name = data.name;
    kernel.roles = data.roles;
    kernel.threads = static_cast<unsigned>(data.threads);
    kernel.sharedBytes = static_cast<unsigned>(data.shared_bytes);
    kinds |= int64_t(1) << data.kind;
    if (kernel.takes(RDATTN_KERNEL_ROLE_MAPS))
      mappers |= int64_t(1) << data.kind;
  }
}

/// The most suitable image that the driver takes, loaded once for all kernels
/// that it has.
MaybeFailure Program::findModule(const Kernel &kernel, ModuleHandle &module) {
  MaybeFailure first;
  for (const rdattn_cuda_image *image :
       suitableImages(variant, kernel.name.c_str(), device)) {
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
  kernel.blocks = int64_t(blocks) * device.multiprocessors;
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
