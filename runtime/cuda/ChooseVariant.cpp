//===- ChooseVariant.cpp - The variant of a module's code for a device ----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Images.h"
#include "runtime/cuda/Program.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static int64_t largestBlock(const rdattn_cuda_variant &variant) {
  int64_t bytes = 0;
  for (uint64_t i = 0; i < variant.kernel_count; ++i)
    bytes = std::max(bytes, variant.kernels[i].shared_bytes);
  return bytes;
}

static bool hasCode(const rdattn_cuda_variant &variant, const Device &device) {
  for (uint64_t i = 0; i < variant.kernel_count; ++i)
    if (!suitableImages(variant, variant.kernels[i].name, device).empty())
      return true;
  return false;
}

/// "sm_90a, compute_80": what the program has code for.
static std::string targetsOf(const rdattn_cuda_program &program) {
  std::vector<std::string> targets;
  for (uint64_t v = 0; v < program.variant_count; ++v)
    for (uint64_t i = 0; i < program.variants[v].image_count; ++i) {
      const std::string target = program.variants[v].images[i].target;
      if (std::find(targets.begin(), targets.end(), target) == targets.end())
        targets.push_back(target);
    }
  std::string text;
  for (const std::string &target : targets)
    text += sentence(text.empty() ? "" : ", ", target);
  return text.empty() ? "no device" : text;
}

/// Why no variant serves; `leastShared` is not 0 where one is too large.
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

MaybeFailure Program::choose(Device &device, const rdattn_cuda_program &program,
                             uint64_t first, std::shared_ptr<Program> &chosen) {
  if (MaybeFailure failure = checkProgram(program))
    return failure;
  int64_t leastShared = 0;
  for (uint64_t i = first; i < program.variant_count; ++i) {
    const rdattn_cuda_variant &variant = program.variants[i];
    if (!hasCode(variant, device))
      continue;
    const int64_t bytes = largestBlock(variant);
    if (bytes <= device.sharedLimit) {
      chosen = std::make_shared<Program>(device, program, i);
      return std::nullopt;
    }
    leastShared = leastShared ? std::min(leastShared, bytes) : bytes;
  }
  return unsupported(device, program, leastShared);
}
