//===- Device.h - One CUDA device -------------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_DEVICE_H
#define RDATTN_RUNTIME_CUDA_DEVICE_H

#include "runtime/Error.h"
#include "runtime/cuda/Resource.h"
#include "runtime/cuda/Workspaces.h"

#include <functional>
#include <mutex>

namespace rdattn::runtime::cuda {

class Driver;

/// A device and its primary context, which is kept until the process ends.
class Device {
public:
  Device(const Driver &driver, int32_t ordinal);
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Asks for the name and the attributes; opens nothing.
  MaybeFailure identify();

  MaybeFailure initialize();

  /// "device 0 (NVIDIA H100, compute capability 9.0)"
  std::string description() const;

  const Api &api() const { return entries; }

  /// A sentence about a call of the driver that did not succeed: "cannot
  /// `what` on device 0: ...".
  Failure failure(Result result, const std::string &what) const;

  /// Memory for `what`. Frees what waits to be freed, and the workspaces of
  /// other launches, before it gives up.
  MaybeFailure allocate(size_t bytes, const char *what,
                        ResourcePointer &memory);

  /// Enqueues work by `enqueue` on a stream of the device's own, and waits for
  /// it: apart from every stream of the caller, and from a capture.
  MaybeFailure runApart(const char *what,
                        const std::function<Result(StreamHandle)> &enqueue);

  /// Frees what waits to be freed.
  void collect() noexcept;

  const Driver &driver;
  const int32_t ordinal;
  std::string name;
  int major = 0, minor = 0; ///< compute capability
  int multiprocessors = 0;
  int sharedLimit = 0; ///< bytes of shared memory that a block may have
  ContextHandle context = nullptr;
  std::atomic<int> programs{0}; ///< that modules hold
  RetiredResources retired;
  Workspaces workspaces;

private:
  const Api &entries;
  std::mutex mutex; ///< guards the device's own stream
  StreamHandle ownStream = nullptr;
};

/// Makes a device's context current while this object lives, and leaves the
/// caller's as it was.
class ScopedContext {
public:
  explicit ScopedContext(const Device &device);
  ~ScopedContext();
  ScopedContext(const ScopedContext &) = delete;
  ScopedContext &operator=(const ScopedContext &) = delete;

  bool isCurrent() const { return result == Success; }
  MaybeFailure failure() const;

private:
  const Device &device;
  Result result;
  bool pushed = false;
};

/// Lets the thread call what a capture forbids, such as allocation, while this
/// object lives. What is called so is not part of what the capture records.
class OutsideCapture {
public:
  explicit OutsideCapture(const Api &api);
  ~OutsideCapture();
  OutsideCapture(const OutsideCapture &) = delete;
  OutsideCapture &operator=(const OutsideCapture &) = delete;

private:
  const Api &api;
  int mode;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_DEVICE_H
