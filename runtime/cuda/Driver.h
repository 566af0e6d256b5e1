//===- Driver.h - The CUDA driver of the process ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_DRIVER_H
#define RDATTN_RUNTIME_CUDA_DRIVER_H

#include "runtime/cuda/Device.h"

namespace rdattn::runtime::cuda {

/// The driver's library, opened at run time and never closed: threads of its
/// own outlive main.
class Driver {
public:
  MaybeFailure load(const char *library);

  /// An error where there is no device `ordinal`.
  MaybeFailure checkOrdinal(int32_t ordinal) const;

  /// Device `ordinal` with its primary context, opened at first use.
  MaybeFailure find(int32_t ordinal, Device *&device);

  /// Frees what waits to be freed on devices that no module uses.
  void collectIdle() noexcept;

  /// "12.4"
  std::string versionName() const;

  Api api = {};
  int version = 0;
  int deviceCount = 0;
  bool absent = false; ///< load failed as there is no driver or no device

private:
  MaybeFailure start();

  std::mutex mutex; ///< guards the opening of devices
  std::unique_ptr<std::atomic<Device *>[]> devices;
};

/// The failure of a call of the driver's; `what` says what could not be done.
Failure describe(const Api &api, Result result, const std::string &what);

//===-- The process's driver ----------------------------------------------===//

/// The number of devices: 0 too where there is no driver at all.
MaybeFailure countDevices(int32_t &count);

/// A device of the driver, which is opened at first use. A driver that cannot
/// be opened stays so for as long as the process runs.
MaybeFailure findDevice(int32_t ordinal, Device *&device);

/// What a device is, without a context on it.
MaybeFailure identifyDevice(int32_t ordinal, std::unique_ptr<Device> &device);

/// Frees what waits to be freed on devices that no module uses any more: on
/// the others a later launch does so.
void collectIdleDevices() noexcept;

/// For tests: from now on the driver is the library of this name.
void setDriverLibrary(const char *name);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_DRIVER_H
