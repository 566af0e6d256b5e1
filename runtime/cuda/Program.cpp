//===- Program.cpp - Kernels loaded on a device ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Program.h"
#include "runtime/cuda/ImageLoading.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure Program::addKernel(Device &device,
                                const rdattn_cuda_kernel &data) {
  const Api &api = device.api();
  Kernel &kernel = kernels[data.kind];
  kernel.name = data.name;
  kernel.roles = data.roles;
  kernel.threads = static_cast<unsigned>(data.threads);
  kernel.sharedBytes = static_cast<unsigned>(data.shared_bytes);
  FunctionHandle function = nullptr;
  int blocks = 0;
  Result result = api.moduleFunction(&function, module->module, data.name);
  if (result != Success)
    return device.failure(result, sentence("find kernel '", data.name, "'"));
  result = api.functionSetAttribute(function, MaxDynamicSharedSize,
                                    static_cast<int>(data.shared_bytes));
  if (result == Success)
    result = api.occupancy(&blocks, function, static_cast<int>(data.threads),
                           kernel.sharedBytes);
  if (result != Success)
    return device.failure(result, sentence("set up kernel '", data.name, "'"));
  if (blocks == 0)
    return Failure{RDATTN_UNSUPPORTED_DEVICE,
                   sentence("a block of kernel '", data.name, "' with ",
                            data.threads, " threads and ", data.shared_bytes,
                            " bytes of shared memory does not fit device ",
                            device.ordinal, " (", device.name, ")")};
  kernel.function = function;
  kernel.blocks = int64_t(blocks) * device.multiprocessors;
  kinds |= int64_t(1) << data.kind;
  if (kernel.takes(RDATTN_KERNEL_ROLE_MAPS))
    mappers |= int64_t(1) << data.kind;
  return std::nullopt;
}

MaybeFailure Program::loadVariant(Device &device,
                                  const rdattn_cuda_variant &variant) {
  if (MaybeFailure failure = loadBestImage(device, variant, module))
    return failure;
  queries = variant.queries;
  keys = variant.keys;
  for (uint64_t i = 0; i < variant.kernel_count; ++i)
    if (MaybeFailure failure = addKernel(device, variant.kernels[i]))
      return failure;
  return std::nullopt;
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
    if (suitableImages(variant, device).empty())
      continue;
    if (int64_t bytes = largestBlock(variant); bytes > device.sharedLimit) {
      leastShared = leastShared ? std::min(leastShared, bytes) : bytes;
      continue;
    }
    auto candidate = std::make_shared<Program>(program);
    MaybeFailure failure = candidate->loadVariant(device, variant);
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
