//===- ProcessDriver.cpp - The one driver of the process ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Driver.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

namespace {
struct ProcessDriver {
  ProcessDriver(const char *library, ProcessDriver *previous)
      : library(library), previous(previous) {}

  const std::string library;
  ProcessDriver *const previous; ///< its devices may still be in use
  std::once_flag once;
  Driver driver;
  MaybeFailure failure;
  std::atomic<bool> isOpen{false};
};
} // namespace

/// Never destroyed, as graphs and threads may outlive static destructors.
static std::atomic<ProcessDriver *> &current() {
  static std::atomic<ProcessDriver *> driver{
      new ProcessDriver("libcuda.so.1", nullptr)};
  return driver;
}

void rdattn::runtime::cuda::setDriverLibrary(const char *name) {
  current() = new ProcessDriver(name, current());
}

static ProcessDriver &opened() {
  ProcessDriver &process = *current().load(std::memory_order_acquire);
  std::call_once(process.once, [&] {
    process.failure = process.driver.load(process.library.c_str());
    process.isOpen = !process.failure;
  });
  return process;
}

MaybeFailure rdattn::runtime::cuda::countDevices(int32_t &count) {
  ProcessDriver &process = opened();
  count = process.failure ? 0 : process.driver.deviceCount;
  if (process.driver.absent)
    return std::nullopt;
  return process.failure;
}

MaybeFailure rdattn::runtime::cuda::findDevice(int32_t ordinal,
                                               Device *&device) {
  ProcessDriver &process = opened();
  if (process.failure)
    return process.failure;
  return process.driver.find(ordinal, device);
}

MaybeFailure
rdattn::runtime::cuda::identifyDevice(int32_t ordinal,
                                      std::unique_ptr<Device> &device) {
  ProcessDriver &process = opened();
  if (process.failure)
    return process.failure;
  if (MaybeFailure failure = process.driver.checkOrdinal(ordinal))
    return failure;
  device = std::make_unique<Device>(process.driver, ordinal);
  return device->identify();
}

void rdattn::runtime::cuda::collectIdleDevices() noexcept {
  ProcessDriver &process = *current().load(std::memory_order_acquire);
  if (process.isOpen)
    process.driver.collectIdle();
}
