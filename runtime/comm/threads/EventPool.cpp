//===- EventPool.cpp - Events of a device ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/threads/EventPool.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using cuda::Result;
using cuda::Success;

EventPool::~EventPool() {
  cuda::ScopedContext context(gpu);
  for (cuda::EventHandle event : spare)
    gpu.api().eventDestroy(event);
}

MaybeFailure EventPool::take(cuda::EventHandle &event) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!spare.empty()) {
      event = spare.back();
      spare.pop_back();
      return std::nullopt;
    }
  }
  Result result = gpu.api().eventCreate(&event, cuda::EventDisableTiming);
  if (result != Success)
    return gpu.failure(result, "create an event");
  return std::nullopt;
}

void EventPool::giveBack(cuda::EventHandle event) {
  std::lock_guard<std::mutex> lock(mutex);
  spare.push_back(event);
}

MaybeFailure EventPool::record(cuda::StreamHandle stream, SharedEvent &event) {
  cuda::EventHandle taken = nullptr;
  if (MaybeFailure failure = take(taken))
    return failure;
  event =
      SharedEvent(taken, [pool = shared_from_this()](cuda::EventHandle handle) {
        pool->giveBack(handle);
      });
  Result result = gpu.api().eventRecord(taken, stream);
  if (result != Success)
    return gpu.failure(result, "record an event");
  return std::nullopt;
}

bool comm::isOver(const cuda::Api &api, const SharedEvent &event) {
  return api.eventQuery(event.get()) != cuda::NotReady;
}
