//===- LaunchStream.cpp - The stream of a launch --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/LaunchStream.h"
#include "runtime/cuda/Device.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure LaunchStream::inspect(const Device &device) {
  int status = CaptureNone;
  Result result = device.api().captureInfo(handle, &status, nullptr, &graph,
                                           nullptr, nullptr);
  if (status != CaptureActive) // of a failed capture the launch will tell
    graph = nullptr;
  // A stream that captures has no number to ask for, and needs none.
  if (result == Success && !graph)
    result = device.api().streamId(handle, &id);
  if (result != Success)
    return device.failure(result, "query the stream");
  return std::nullopt;
}

MaybeFailure LaunchStream::checkContext(const Device &device) const {
  ContextHandle context = nullptr;
  Result result = device.api().streamContext(handle, &context);
  if (result == Success && context != device.context)
    return invalid("stream belongs to another device or context, but must be "
                   "one of device ",
                   device.ordinal);
  return std::nullopt;
}

MaybeFailure LaunchStream::fill(Device &device, Address memory, unsigned value,
                                int64_t count) const {
  const char *what = "initialize a workspace";
  if (isCaptured())
    return device.runApart(what, [&](StreamHandle apart) {
      return device.api().fill(memory, value, count, apart);
    });
  Result result = device.api().fill(memory, value, count, handle);
  if (result != Success)
    return device.failure(result, what);
  return std::nullopt;
}

MaybeFailure LaunchStream::retain(const Device &device, void *data,
                                  void (*destroy)(void *)) const {
  UserObjectHandle object = nullptr;
  Result result = device.api().userObjectCreate(&object, data, destroy, 1,
                                                NoDestructorSync);
  if (result != Success) {
    destroy(data);
    return device.failure(result, "create a graph's user object");
  }
  result = device.api().graphRetainUserObject(graph, object, 1, MoveReferences);
  if (result != Success) {
    device.api().userObjectRelease(object, 1); // destroys the data
    return device.failure(result, "give a workspace to the graph");
  }
  return std::nullopt;
}
