//===- LastCall.h - When the last call of a ring ends -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_LASTCALL_H
#define RDATTN_RUNTIME_RING_LASTCALL_H

#include "runtime/Error.h"
#include "runtime/cuda/Api.h"

#include <memory>

namespace rdattn::runtime {

namespace cuda {
class Device;
} // namespace cuda

namespace ring {

/// Where the last call of a ring of GPUs ends on its stream: the next call,
/// which may have another stream, uses the same memory.
class LastCall {
public:
  /// Lets the stream wait for it. \pre the device's context is current.
  MaybeFailure await(const cuda::Device &device, void *stream) const;

  /// It ends where the stream's work ends now. \pre the same.
  MaybeFailure record(const cuda::Device &device, void *stream);

private:
  struct Destroy {
    const cuda::Device *device;
    void operator()(cuda::EventHandle event) const noexcept;
  };
  std::unique_ptr<cuda::CUevent_st, Destroy> end{nullptr, {nullptr}};
};

} // namespace ring
} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_RING_LASTCALL_H
