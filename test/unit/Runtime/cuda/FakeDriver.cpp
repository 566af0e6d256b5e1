//===- FakeDriver.cpp - A CUDA driver without a GPU -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace rdattn::test;

FakeDriver &rdattn::test::fakeDriver() {
  static FakeDriver *driver = new FakeDriver();
  return *driver;
}

const FakeDevice *&FakeDriver::current() {
  static thread_local const FakeDevice *context = nullptr;
  return context;
}

int &FakeDriver::captureMode() {
  static thread_local int mode = 0;
  return mode;
}

void FakeDriver::reset() {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  version = 12040;
  devices.assign(1, {});
  failures.clear();
  memoryLeft = size_t(1) << 40;
  imageResults.clear();
  log.clear();
  blocksPerMultiprocessor = 1;
  launchesSlowly = false;
  roles.clear();
  devicesReachEachOther = true;
  calls.clear();
  allocations.clear();
  for (unsigned long long memory : freed)
    std::free(reinterpret_cast<void *>(memory));
  freed.clear();
  images.clear();
  modules.clear();
  launches.clear();
  maps.clear();
  fills.clear();
  copies.clear();
  sharedOfKernels.clear();
  events.clear();
  ownStreams.clear();
  forbidden = 0;
  captures = 0;
  current() = nullptr;
}

FakeStream *FakeDriver::createStream(int device) {
  static unsigned long long nextId = 100;
  std::lock_guard<std::recursive_mutex> lock(mutex);
  streams.push_back(new FakeStream{&devices[device], nextId++, nullptr, {}});
  return streams.back();
}

FakeGraph *FakeDriver::beginCapture(FakeStream *stream) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  ++captures;
  return stream->capture = new FakeGraph();
}

void FakeDriver::endCapture(FakeStream *stream) {
  FakeGraph *graph = stream->capture;
  {
    std::lock_guard<std::recursive_mutex> lock(mutex);
    --captures;
    stream->capture = nullptr;
  }
  // The real one calls from a thread that has no context.
  const FakeDevice *context = nullptr;
  std::swap(context, current());
  for (FakeUserObject *object : graph->kept) {
    object->destroy(object->data);
    delete object;
  }
  std::swap(context, current());
  delete graph;
}

void FakeDriver::adopt(const void *memory, size_t bytes, int device) {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  allocations[reinterpret_cast<unsigned long long>(memory)] = {bytes, device,
                                                               true};
}

void FakeDriver::advance() {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  // No copy waits for a later one.
  for (FakeCopy &copy : copies)
    if (!*copy.isDone &&
        std::all_of(copy.before.begin(), copy.before.end(),
                    [](const FakeWork &work) { return work->load(); })) {
      std::memcpy(reinterpret_cast<void *>(copy.to),
                  reinterpret_cast<const void *>(copy.from), copy.bytes);
      *copy.isDone = true;
    }
}

int FakeDriver::count(const std::string &symbol) const {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  auto found = calls.find(symbol);
  return found == calls.end() ? 0 : found->second;
}

bool FakeDriver::holds(unsigned long long memory, size_t bytes) const {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  for (const auto &[begin, allocation] : allocations)
    if (memory >= begin && memory + bytes <= begin + allocation.bytes)
      return true;
  return false;
}

size_t FakeDriver::liveAllocations() const {
  std::lock_guard<std::recursive_mutex> lock(mutex);
  return std::count_if(
      allocations.begin(), allocations.end(),
      [](const auto &entry) { return !entry.second.isOfTest; });
}
