//===- LaunchStream.h - The stream of a launch ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_LAUNCHSTREAM_H
#define RDATTN_RUNTIME_CUDA_LAUNCHSTREAM_H

#include "runtime/Error.h"
#include "runtime/cuda/Api.h"

namespace rdattn::runtime::cuda {

class Device;

/// A stream, and the graph that its work is captured into, if it is.
class LaunchStream {
public:
  explicit LaunchStream(void *stream)
      : handle(static_cast<StreamHandle>(stream)) {}

  /// Asks the driver about it.
  MaybeFailure inspect(const Device &device);

  /// A stream of another context cannot run the device's kernels.
  MaybeFailure checkContext(const Device &device) const;

  bool isCaptured() const { return graph != nullptr; }

  /// Sets memory that is the launch's own before the launch; what is captured
  /// is the launch alone.
  MaybeFailure fill(Device &device, Address memory, unsigned value,
                    int64_t count) const;

  /// Lets the graph own `data`, which `destroy` frees when the last of the
  /// graph and its launches has gone. \pre isCaptured().
  MaybeFailure retain(const Device &device, void *data,
                      void (*destroy)(void *)) const;

  const StreamHandle handle;
  unsigned long long id = 0; ///< never another stream's, unlike the handle
  GraphHandle graph = nullptr;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_LAUNCHSTREAM_H
