//===- CheckDevice.cpp - Whether a device can run a program ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Architectures.h"
#include "runtime/cuda/Images.h"
#include "runtime/cuda/ProgramChecks.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static int64_t largestBlock(const rdattn_cuda_program &program) {
  int64_t bytes = 0;
  for (uint64_t i = 0; i < program.kernel_count; ++i)
    bytes = std::max(bytes, program.kernels[i].shared_bytes);
  return bytes;
}

static bool hasCode(const rdattn_cuda_program &program, const Device &device) {
  for (uint64_t i = 0; i < program.kernel_count; ++i)
    if (!suitableImages(program, program.kernels[i].name, device).empty())
      return true;
  return false;
}

static std::vector<std::string> targetsOf(const rdattn_cuda_program &program) {
  std::vector<std::string> targets;
  for (uint64_t i = 0; i < program.image_count; ++i) {
    const std::string target = program.images[i].target;
    if (std::find(targets.begin(), targets.end(), target) == targets.end())
      targets.push_back(target);
  }
  return targets;
}

MaybeFailure
rdattn::runtime::cuda::checkDevice(const rdattn_cuda_program &program,
                                   const Device &device) {
  if (!hasCode(program, device))
    return unsupported(device, targetsOf(program));
  const int64_t bytes = largestBlock(program);
  if (bytes > device.sharedLimit)
    return Failure{
        RDATTN_UNSUPPORTED_DEVICE,
        sentence(device.description(), " has ", device.sharedLimit,
                 " bytes of shared memory for a block, but the module's "
                 "kernels need ",
                 bytes)};
  return std::nullopt;
}
