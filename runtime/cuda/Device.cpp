//===- Device.cpp - One CUDA device ---------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Driver.h"

#include <new>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

Device::Device(const Driver &driver, int32_t ordinal)
    : driver(driver), ordinal(ordinal), entries(driver.api) {}

MaybeFailure Device::identify() {
  DeviceNumber number = 0;
  char text[256] = {};
  struct Attribute {
    int which;
    int &value;
  };
  const Attribute attributes[] = {{ComputeCapabilityMajor, major},
                                  {ComputeCapabilityMinor, minor},
                                  {MultiprocessorCount, multiprocessors},
                                  {MaxSharedMemoryPerBlockOptin, sharedLimit}};
  Result result = entries.deviceGet(&number, ordinal);
  if (result == Success)
    result = entries.deviceName(text, sizeof(text) - 1, number);
  for (const Attribute &attribute : attributes)
    if (result == Success)
      result =
          entries.deviceAttribute(&attribute.value, attribute.which, number);
  name = text;
  if (result != Success)
    return failure(result, "ask for the attributes");
  return std::nullopt;
}

MaybeFailure Device::initialize() {
  if (MaybeFailure failure = identify())
    return failure;
  OutsideCapture outside(entries);
  DeviceNumber number = 0;
  Result result = entries.deviceGet(&number, ordinal);
  if (result == Success)
    result = entries.primaryContextRetain(&context, number);
  if (result != Success)
    return failure(result, "open the primary context");
  ScopedContext current(*this);
  if (MaybeFailure failure = current.failure())
    return failure;
  result = entries.streamCreate(&ownStream, StreamNonBlocking);
  if (result != Success)
    return failure(result, "create a stream");
  return std::nullopt;
}

std::string Device::description() const {
  return sentence("device ", ordinal, " (", name, ", compute capability ",
                  major, ".", minor, ")");
}

Failure Device::failure(Result result, const std::string &what) const {
  return describe(entries, result,
                  sentence("cannot ", what, " on device ", ordinal));
}

MaybeFailure Device::allocate(size_t bytes, const char *what,
                              ResourcePointer &memory) {
  auto resource = std::make_unique<Resource>();
  resource->device = this;
  resource->bytes = bytes;
  OutsideCapture outside(entries);
  Result result = entries.allocate(&resource->memory, bytes);
  if (result == OutOfMemory) {
    workspaces.clear();
    collect();
    result = entries.allocate(&resource->memory, bytes);
  }
  if (result == OutOfMemory)
    return Failure{RDATTN_OUT_OF_MEMORY,
                   sentence("device ", ordinal, " has no ", bytes,
                            " bytes of memory left for ", what)};
  if (result != Success)
    return failure(result, sentence("allocate ", what));
  memory.reset(resource.release());
  return std::nullopt;
}

MaybeFailure
Device::runApart(const char *what,
                 const std::function<Result(StreamHandle)> &enqueue) {
  std::lock_guard<std::mutex> lock(mutex);
  OutsideCapture outside(entries);
  Result result = enqueue(ownStream);
  if (result == Success)
    result = entries.streamSynchronize(ownStream);
  if (result != Success)
    return failure(result, what);
  return std::nullopt;
}

void Device::collect() noexcept {
  OutsideCapture outside(entries);
  // The driver waits for the work that still uses them. Where it fails they
  // are gone with its context.
  for (Resource *next = retired.take(); next;) {
    std::unique_ptr<Resource> resource(next);
    next = resource->next;
    if (resource->module)
      entries.moduleUnload(resource->module);
    else
      entries.free(resource->memory);
  }
}

ScopedContext::ScopedContext(const Device &device) : device(device) {
  ContextHandle current = nullptr;
  result = device.api().contextGetCurrent(&current);
  if (result != Success || current == device.context)
    return;
  result = device.api().contextPush(device.context);
  pushed = result == Success;
}

ScopedContext::~ScopedContext() {
  ContextHandle popped;
  if (pushed)
    device.api().contextPop(&popped);
}

MaybeFailure ScopedContext::failure() const {
  if (isCurrent())
    return std::nullopt;
  return device.failure(result, "make the context current");
}

OutsideCapture::OutsideCapture(const Api &api)
    : api(api), mode(CaptureModeRelaxed) {
  api.exchangeCaptureMode(&mode);
}

OutsideCapture::~OutsideCapture() { api.exchangeCaptureMode(&mode); }
