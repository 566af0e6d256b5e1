//===- EventPool.h - Events of a device -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_THREADS_EVENTPOOL_H
#define RDATTN_RUNTIME_COMM_THREADS_EVENTPOOL_H

#include "runtime/cuda/Device.h"

#include <vector>

namespace rdattn::runtime::comm {

/// An event that goes back to its pool when the last that hold it let go. It
/// may then be recorded anew: what waits for it already does not notice.
using SharedEvent = std::shared_ptr<cuda::CUevent_st>;

/// Safe from any thread.
class EventPool : public std::enable_shared_from_this<EventPool> {
public:
  explicit EventPool(cuda::Device &gpu) : gpu(gpu) {}
  ~EventPool();
  EventPool(const EventPool &) = delete;
  EventPool &operator=(const EventPool &) = delete;

  /// Records the work that is on the stream, one of the pool's device, now.
  /// \pre the device's context is current.
  MaybeFailure record(cuda::StreamHandle stream, SharedEvent &event);

private:
  MaybeFailure take(cuda::EventHandle &event);
  void giveBack(cuda::EventHandle event);

  cuda::Device &gpu;
  std::mutex mutex;
  std::vector<cuda::EventHandle> spare;
};

/// Whether the work before the event is done, or never will be, as its device
/// has failed. \pre some device's context is current.
bool isOver(const cuda::Api &api, const SharedEvent &event);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_THREADS_EVENTPOOL_H
