//===- Architectures.cpp - Which of several codes a device runs -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Architectures.h"
#include "runtime/cuda/Driver.h"
#include "runtime/cuda/Images.h"

#include <cstdlib>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

namespace {
struct Target {
  const char *architecture, *name;
};
} // namespace

static constexpr Target kTargets[] = {{"sm_90a", "cuda-sm90a"},
                                      {"sm_80", "cuda-sm80"}};

static constexpr int kOldestMajor = 8; // of a capability

bool rdattn::runtime::cuda::isArchitecture(const char *name) {
  ImageTarget target;
  return parseTarget(name, target) && !target.isText;
}

static bool serves(const char *architecture, const Device &device) {
  ImageTarget target;
  parseTarget(architecture, target);
  target.isText = true; // as there may be text for what has no code
  return suitability(target, device) != 0;
}

static MaybeFailure checkWanted(const Device &device, const char *wanted) {
  if (serves(wanted, device))
    return std::nullopt;
  return Failure{RDATTN_UNSUPPORTED_DEVICE,
                 sentence(device.description(), " runs no code for ", wanted,
                          ", which the environment's RDATTN_CUDA_ARCHITECTURE "
                          "asks for")};
}

/// The architecture that the user asks for, or null.
static MaybeFailure readWanted(const Device &device, const char *&wanted) {
  wanted = std::getenv("RDATTN_CUDA_ARCHITECTURE");
  if (!wanted || !*wanted) {
    wanted = nullptr;
    return std::nullopt;
  }
  std::string known;
  for (const Target &target : kTargets) {
    if (!std::strcmp(wanted, target.architecture))
      return checkWanted(device, wanted);
    known += sentence(known.empty() ? "" : " or ", target.architecture);
  }
  return invalid("the environment's RDATTN_CUDA_ARCHITECTURE is '", wanted,
                 "', but must be ", known);
}

MaybeFailure rdattn::runtime::cuda::chooseArchitecture(
    const Device &device, const std::vector<const char *> &architectures,
    size_t first, size_t &chosen) {
  const char *wanted = nullptr;
  if (MaybeFailure failure = readWanted(device, wanted))
    return failure;
  for (chosen = first; chosen < architectures.size(); ++chosen)
    if (serves(architectures[chosen], device) &&
        (!wanted || !std::strcmp(wanted, architectures[chosen])))
      return std::nullopt;
  return std::nullopt;
}

Failure
rdattn::runtime::cuda::unsupported(const Device &device,
                                   const std::vector<std::string> &targets) {
  std::string names;
  for (const std::string &target : targets)
    names += sentence(names.empty() ? "" : ", ", target);
  return {RDATTN_UNSUPPORTED_DEVICE,
          sentence(device.description(),
                   " cannot run the module, which has code for ",
                   names.empty() ? "no device" : names.c_str(),
                   device.major < kOldestMajor
                       ? "; kernels need compute capability 8.0 or newer"
                       : "; compile it for this device")};
}

extern "C" rdattn_status rdattn_cuda_target(int32_t ordinal,
                                            const char **target) {
  return guarded([&]() -> MaybeFailure {
    if (!target)
      return invalid("target is NULL, but must point to where the name goes");
    *target = nullptr;
    std::unique_ptr<Device> device;
    if (MaybeFailure failure = identifyDevice(ordinal, device))
      return failure;
    std::vector<const char *> architectures;
    for (const Target &known : kTargets)
      architectures.push_back(known.architecture);
    size_t chosen = 0;
    if (MaybeFailure failure =
            chooseArchitecture(*device, architectures, 0, chosen))
      return failure;
    if (chosen == architectures.size())
      return Failure{RDATTN_UNSUPPORTED_DEVICE,
                     sentence(device->description(),
                              " is too old: kernels need compute capability "
                              "8.0 or newer")};
    *target = kTargets[chosen].name;
    return std::nullopt;
  });
}
