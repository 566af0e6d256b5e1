//===- Buffer.h - Memory that a ring keeps ----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_BUFFER_H
#define RDATTN_RUNTIME_RING_BUFFER_H

#include "runtime/Error.h"

#include <memory>

namespace rdattn::runtime {

namespace cuda {
class Device;
} // namespace cuda

namespace ring {

/// Memory of the host or of a GPU, kept between calls and grown.
class Buffer {
public:
  /// Room for so many bytes on the device, or where that is null on the host,
  /// for `what`. What was there is lost, but work on a GPU that still uses it
  /// goes on. \pre the device's context is current.
  MaybeFailure reserve(cuda::Device *device, int64_t bytes, const char *what);

  char *data() const { return memory.get(); }

  /// For transports, which may need it longer than the ring lives.
  std::shared_ptr<void> share() const { return memory; }

private:
  std::shared_ptr<char> memory;
  int64_t capacity = 0;
};

} // namespace ring
} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_RING_BUFFER_H
