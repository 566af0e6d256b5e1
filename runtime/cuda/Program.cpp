//===- Program.cpp - Kernels loaded on a device ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Program.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// Loads the kernel's code. Its function is set last: others may launch it
/// from then on.
MaybeFailure Program::setUp(Device &device, Kernel &kernel) const {
  const Api &api = device.api();
  const char *name = kernel.name.c_str();
  ModuleHandle module = nullptr;
  if (MaybeFailure failure = findImage(device, *variant, name, images, module))
    return failure;
  FunctionHandle function = nullptr;
  int blocks = 0;
  Result result = api.moduleFunction(&function, module, name);
  if (result != Success)
    return device.failure(result, sentence("find kernel '", name, "'"));
  result = api.functionSetAttribute(function, MaxDynamicSharedSize,
                                    static_cast<int>(kernel.sharedBytes));
  if (result == Success)
    result = api.occupancy(&blocks, function, static_cast<int>(kernel.threads),
                           kernel.sharedBytes);
  if (result != Success)
    return device.failure(result, sentence("set up kernel '", name, "'"));
  if (blocks == 0)
    return Failure{RDATTN_UNSUPPORTED_DEVICE,
                   sentence("a block of kernel '", name, "' with ",
                            kernel.threads, " threads and ", kernel.sharedBytes,
                            " bytes of shared memory does not fit device ",
                            device.ordinal, " (", device.name, ")")};
  kernel.blocks = int64_t(blocks) * device.multiprocessors;
  kernel.function.store(function, std::memory_order_release);
  return std::nullopt;
}

MaybeFailure Program::ready(Device &device, int kind) const {
  Kernel &kernel = kernels[kind];
  if (kernel.function.load(std::memory_order_acquire))
    return std::nullopt;
  std::lock_guard<std::mutex> lock(mutex);
  return kernel.function.load(std::memory_order_relaxed)
             ? std::nullopt
             : setUp(device, kernel);
}

void Program::describe(const rdattn_cuda_variant &chosen) {
  variant = &chosen;
  queries = chosen.queries;
  keys = chosen.keys;
  for (uint64_t i = 0; i < chosen.kernel_count; ++i) {
    const rdattn_cuda_kernel &data = chosen.kernels[i];
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

static int64_t largestBlock(const rdattn_cuda_variant &variant) {
  int64_t bytes = 0;
  for (uint64_t i = 0; i < variant.kernel_count; ++i)
    bytes = std::max(bytes, variant.kernels[i].shared_bytes);
  return bytes;
}

/// "sm_90a, compute_80": what the program has code for.
static std::string targetsOf(const rdattn_cuda_program &program) {
  std::string targets;
  for (uint64_t v = 0; v < program.variant_count; ++v)
    for (uint64_t i = 0; i < program.variants[v].image_count; ++i) {
      const char *target = program.variants[v].images[i].target;
      targets += sentence(targets.empty() ? "" : ", ", target);
    }
  return targets.empty() ? "no device" : targets;
}

/// Why no variant serves.
static Failure unsupported(const Device &device,
                           const rdattn_cuda_program &program,
                           int64_t leastShared) {
  std::string who =
      sentence("device ", device.ordinal, " (", device.name,
               ", compute capability ", device.major, ".", device.minor, ")");
  if (leastShared)
    return {RDATTN_UNSUPPORTED_DEVICE,
            sentence(who, " has ", device.sharedLimit,
                     " bytes of shared memory for a block, but the module's "
                     "kernels need ",
                     leastShared)};
  return {RDATTN_UNSUPPORTED_DEVICE,
          sentence(who, " cannot run the module, which has code for ",
                   targetsOf(program), "; compile it for this device")};
}

MaybeFailure Program::load(Device &device, const rdattn_cuda_program &program,
                           std::shared_ptr<const Program> &loaded) {
  if (MaybeFailure failure = checkProgram(program))
    return failure;
  int64_t leastShared = 0; // of the variants that are too large
  MaybeFailure first;      // of the variants that the driver did not take
  for (uint64_t i = 0; i < program.variant_count; ++i) {
    const rdattn_cuda_variant &variant = program.variants[i];
    const rdattn_cuda_kernel &kernel = variant.kernels[0];
    if (suitableImages(variant, kernel.name, device).empty())
      continue;
    if (int64_t bytes = largestBlock(variant); bytes > device.sharedLimit) {
      leastShared = leastShared ? std::min(leastShared, bytes) : bytes;
      continue;
    }
    auto candidate = std::make_shared<Program>(program);
    candidate->describe(variant);
    MaybeFailure failure =
        candidate->ready(device, static_cast<int>(kernel.kind));
    if (!failure) {
      loaded = std::move(candidate);
      return std::nullopt;
    }
    if (failure->status != RDATTN_UNSUPPORTED_DEVICE)
      return failure;
    if (!first)
      first = std::move(failure);
  }
  if (first)
    return first;
  return unsupported(device, program, leastShared);
}
