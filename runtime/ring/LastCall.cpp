//===- LastCall.cpp - When the last call of a ring ends -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/LastCall.h"
#include "runtime/cuda/Device.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
using cuda::Result;
using cuda::StreamHandle;
using cuda::Success;

void LastCall::Destroy::operator()(cuda::EventHandle event) const noexcept {
  cuda::ScopedContext context(*device);
  if (context.isCurrent())
    device->api().eventDestroy(event);
}

MaybeFailure LastCall::await(const cuda::Device &device, void *stream) const {
  if (!end)
    return std::nullopt;
  Result result = device.api().streamWaitEvent(
      static_cast<StreamHandle>(stream), end.get(), 0);
  if (result != Success)
    return device.failure(result, "wait for the ring's last call");
  return std::nullopt;
}

MaybeFailure LastCall::record(const cuda::Device &device, void *stream) {
  Result result = Success;
  if (!end) {
    cuda::EventHandle event = nullptr;
    result = device.api().eventCreate(&event, cuda::EventDisableTiming);
    if (result == Success)
      end = {event, {&device}};
  }
  if (result == Success)
    result =
        device.api().eventRecord(end.get(), static_cast<StreamHandle>(stream));
  if (result != Success)
    return device.failure(result, "record the end of a ring's call");
  return std::nullopt;
}
