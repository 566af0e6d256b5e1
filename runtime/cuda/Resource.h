//===- Resource.h - What a device frees -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_RESOURCE_H
#define RDATTN_RUNTIME_CUDA_RESOURCE_H

#include "runtime/cuda/Api.h"

#include <atomic>
#include <memory>

namespace rdattn::runtime::cuda {

class Device;

/// Memory or a loaded module of a device.
struct Resource {
  Device *device = nullptr;
  Address memory = 0;
  size_t bytes = 0;
  ModuleHandle module = nullptr;
  Resource *next = nullptr; ///< among those that wait to be freed
};

/// Hands a resource back to its device. It is freed later: its owner's end may
/// come on a thread of the driver's that may not call CUDA, or under a lock,
/// and freeing waits for the device.
struct Retire {
  void operator()(Resource *resource) const noexcept;
};
using ResourcePointer = std::unique_ptr<Resource, Retire>;

/// The resources that wait to be freed. Lock-free, and never allocates.
class RetiredResources {
public:
  void add(Resource *resource) noexcept;

  /// All of them, as a list.
  Resource *take() noexcept;

  /// True once so many wait that freeing them is worth a wait.
  bool areMany() const noexcept {
    return count.load(std::memory_order_relaxed) >= kMany ||
           bytes.load(std::memory_order_relaxed) >= kManyBytes;
  }

private:
  static constexpr size_t kMany = 16;
  static constexpr size_t kManyBytes = size_t(16) << 20;

  std::atomic<Resource *> first{nullptr};
  std::atomic<size_t> count{0}, bytes{0};
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_RESOURCE_H
