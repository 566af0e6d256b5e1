//===- Driver.cpp - The CUDA driver of the process ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Driver.h"

#include <dlfcn.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// The first with every entry point of Api.h.
static constexpr int kOldestVersion = 12000;

static Failure unsupported(std::string message) {
  return {RDATTN_UNSUPPORTED_DEVICE, std::move(message)};
}

static std::string versionText(int version) {
  return sentence(version / 1000, ".", version % 1000 / 10);
}

std::string Driver::versionName() const { return versionText(version); }

MaybeFailure Driver::load(const char *library) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  absent = !handle;
  if (absent) {
    const char *error = dlerror();
    return unsupported(sentence("no CUDA driver was found: ",
                                error ? error : "unknown error"));
  }
  // NOLINTBEGIN(bugprone-macro-parentheses): a list of types takes none.
#define RDATTN_CUDA_LOAD(member, symbol, parameters)                           \
  api.member = reinterpret_cast<Result(*) parameters>(dlsym(handle, #symbol));
  RDATTN_CUDA_ENTRIES(RDATTN_CUDA_LOAD)
#undef RDATTN_CUDA_LOAD
  // NOLINTEND(bugprone-macro-parentheses)
  // The version comes first: it says why an entry point is missing.
  if (!api.driverVersion || api.driverVersion(&version) != Success)
    return unsupported(sentence(
        "'", library, "' is not a CUDA driver: it does not tell its version"));
  if (version < kOldestVersion)
    return unsupported(sentence("the CUDA driver is too old: it is for CUDA ",
                                versionName(), ", but must be for CUDA ",
                                versionText(kOldestVersion), " or newer"));
#define RDATTN_CUDA_CHECK(member, symbol, parameters)                          \
  if (!api.member)                                                             \
    return unsupported(sentence("the CUDA driver for CUDA ", versionName(),    \
                                " lacks the entry point " #symbol));
  RDATTN_CUDA_ENTRIES(RDATTN_CUDA_CHECK)
#undef RDATTN_CUDA_CHECK
  return start();
}

MaybeFailure Driver::start() {
  Result result = api.init(0);
  if (result == Success)
    result = api.deviceCount(&deviceCount);
  absent = result == NoDevice || (result == Success && deviceCount == 0);
  if (absent)
    return unsupported("the CUDA driver finds no device");
  if (result != Success)
    return unsupported(
        describe(api, result, "the CUDA driver does not start").message);
  devices = std::make_unique<std::atomic<Device *>[]>(deviceCount);
  return std::nullopt;
}

MaybeFailure Driver::checkOrdinal(int32_t ordinal) const {
  if (ordinal < 0 || ordinal >= deviceCount)
    return invalid("device is ", ordinal, ", but must be ",
                   deviceCount == 1 ? "0, as there is one device"
                                    : sentence("from 0 to ", deviceCount - 1));
  return std::nullopt;
}

MaybeFailure Driver::find(int32_t ordinal, Device *&device) {
  if (MaybeFailure failure = checkOrdinal(ordinal))
    return failure;
  device = devices[ordinal].load(std::memory_order_acquire);
  if (device)
    return std::nullopt;
  std::lock_guard<std::mutex> lock(mutex);
  device = devices[ordinal].load(std::memory_order_relaxed);
  if (device)
    return std::nullopt;
  auto opened = std::make_unique<Device>(*this, ordinal);
  if (MaybeFailure failure = opened->initialize())
    return failure;
  device = opened.release(); // for good: graphs may use it to the end
  devices[ordinal].store(device, std::memory_order_release);
  return std::nullopt;
}

void Driver::collectIdle() noexcept {
  for (int i = 0; i < deviceCount; ++i) {
    Device *device = devices[i].load(std::memory_order_acquire);
    if (!device || device->programs != 0)
      continue;
    ScopedContext context(*device);
    if (context.isCurrent())
      device->collect();
  }
}

Failure rdattn::runtime::cuda::describe(const Api &api, Result result,
                                        const std::string &what) {
  const char *name = nullptr, *text = nullptr;
  if (api.errorName(result, &name) != Success || !name)
    name = "an unknown error";
  if (api.errorString(result, &text) != Success || !text)
    text = "no description";
  return {result == OutOfMemory ? RDATTN_OUT_OF_MEMORY : RDATTN_CUDA_ERROR,
          sentence(what, ": ", name, " (", text, ")")};
}
