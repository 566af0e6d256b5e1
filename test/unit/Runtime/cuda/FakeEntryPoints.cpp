//===- FakeEntryPoints.cpp - The entry points of the fake driver ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include <cstdlib>
#include <cstring>

using namespace rdattn::test;
using Address = unsigned long long;

static thread_local int captureMode = 0;
enum {
  InvalidValue = 1,
  OutOfMemory = 2,
  InvalidContext = 201,
  NotFound = 500
};
enum { CaptureUnsupported = 900 };

namespace {
/// One call: counted, and under the driver's lock.
struct Entry {
  explicit Entry(const char *symbol)
      : driver(fakeDriver()), lock(driver.mutex) {
    ++driver.calls[symbol];
    auto failure = driver.failures.find(symbol);
    result = failure == driver.failures.end() ? 0 : failure->second;
  }

  /// Needs a context.
  Entry &inContext() {
    if (!result && !driver.current())
      result = InvalidContext;
    return *this;
  }

  /// What a capture in progress forbids to threads that are not relaxed.
  Entry &unsafe() {
    if (driver.captures && captureMode != 2) {
      ++driver.forbidden;
      result = CaptureUnsupported;
    }
    return inContext();
  }

  FakeDriver &driver;
  std::lock_guard<std::recursive_mutex> lock;
  int result = 0;
};
} // namespace

static FakeGraph *captureOf(const void *stream) {
  return stream ? static_cast<const FakeStream *>(stream)->capture : nullptr;
}

#define ENTRY(symbol, ...) extern "C" RDATTN_EXPORT int symbol(__VA_ARGS__)

ENTRY(cuInit, unsigned) { return Entry("cuInit").result; }

ENTRY(cuDriverGetVersion, int *version) {
  Entry entry("cuDriverGetVersion");
  *version = entry.driver.version;
  return entry.result;
}

ENTRY(cuGetErrorName, int result, const char **name) {
  static thread_local std::string text;
  text = "CUDA_ERROR_" + std::to_string(result);
  *name = text.c_str();
  return 0;
}

ENTRY(cuGetErrorString, int, const char **text) {
  *text = "as the test wants it";
  return 0;
}

ENTRY(cuDeviceGetCount, int *count) {
  Entry entry("cuDeviceGetCount");
  *count = static_cast<int>(entry.driver.devices.size());
  return entry.result;
}

ENTRY(cuDeviceGet, int *device, int ordinal) {
  *device = ordinal + 50; // a number is not the ordinal
  return Entry("cuDeviceGet").result;
}

ENTRY(cuDeviceGetName, char *name, int size, int device) {
  Entry entry("cuDeviceGetName");
  std::strncpy(name, entry.driver.devices[device - 50].name.c_str(), size);
  return entry.result;
}

ENTRY(cuDeviceGetAttribute, int *value, int attribute, int device) {
  Entry entry("cuDeviceGetAttribute");
  const FakeDevice &d = entry.driver.devices[device - 50];
  *value = attribute == 16   ? d.multiprocessors
           : attribute == 75 ? d.major
           : attribute == 76 ? d.minor
                             : d.sharedLimit;
  return entry.result;
}

ENTRY(cuDevicePrimaryCtxRetain, const FakeDevice **context, int device) {
  Entry entry("cuDevicePrimaryCtxRetain");
  *context = &entry.driver.devices[device - 50];
  return entry.result;
}

ENTRY(cuCtxGetCurrent, const FakeDevice **context) {
  *context = FakeDriver::current();
  return Entry("cuCtxGetCurrent").result;
}

static thread_local std::vector<const FakeDevice *> contexts;

ENTRY(cuCtxPushCurrent_v2, const FakeDevice *context) {
  contexts.push_back(FakeDriver::current());
  FakeDriver::current() = context;
  return Entry("cuCtxPushCurrent").result;
}

ENTRY(cuCtxPopCurrent_v2, const FakeDevice **context) {
  *context = FakeDriver::current();
  FakeDriver::current() = contexts.back();
  contexts.pop_back();
  return Entry("cuCtxPopCurrent").result;
}

ENTRY(cuModuleLoadDataEx, const void **module, const void *image, unsigned,
      int *options, void **values) {
  Entry entry("cuModuleLoadDataEx");
  if (int result = entry.unsafe().result)
    return result;
  if (int result = entry.driver.imageResults[image]) {
    if (options[0] == 5 && options[1] == 6)
      std::strncpy(static_cast<char *>(values[0]), entry.driver.log.c_str(),
                   reinterpret_cast<size_t>(values[1]));
    return result;
  }
  entry.driver.images.push_back(image);
  *module = new const void *(image);
  entry.driver.modules.insert(*module);
  return 0;
}

ENTRY(cuModuleUnload, const void *module) {
  Entry entry("cuModuleUnload");
  entry.driver.modules.erase(module);
  delete static_cast<const void *const *>(module);
  return entry.unsafe().result;
}

ENTRY(cuModuleGetFunction, const void **function, const void *,
      const char *name) {
  Entry entry("cuModuleGetFunction");
  auto found = entry.driver.roles.find(name);
  if (found == entry.driver.roles.end())
    return NotFound;
  *function = &*found; // a function is the name and roles of its kernel
  return entry.inContext().result;
}

using FakeFunction = std::pair<const std::string, std::string>;

ENTRY(cuFuncSetAttribute, const FakeFunction *function, int attribute,
      int value) {
  Entry entry("cuFuncSetAttribute");
  if (attribute == 8)
    entry.driver.sharedOfKernels[function->first] = value;
  return entry.inContext().result;
}

ENTRY(cuOccupancyMaxActiveBlocksPerMultiprocessor, int *blocks,
      const FakeFunction *, int, size_t) {
  Entry entry("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  *blocks = entry.driver.blocksPerMultiprocessor;
  return entry.inContext().result;
}

ENTRY(cuMemAlloc_v2, Address *memory, size_t bytes) {
  Entry entry("cuMemAlloc");
  if (int result = entry.unsafe().result)
    return result;
  if (bytes == 0)
    return InvalidValue;
  if (bytes > entry.driver.memoryLeft)
    return OutOfMemory;
  entry.driver.memoryLeft -= bytes;
  // Never zeros, which nobody promised.
  *memory = reinterpret_cast<Address>(std::memset(
      std::aligned_alloc(512, (bytes + 511) / 512 * 512), 0xaa, bytes));
  const int device =
      static_cast<int>(entry.driver.current() - entry.driver.devices.data());
  entry.driver.allocations[*memory] = {bytes, device, false};
  return 0;
}

ENTRY(cuMemFree_v2, Address memory) {
  Entry entry("cuMemFree");
  if (int result = entry.unsafe().result)
    return result;
  auto found = entry.driver.allocations.find(memory);
  if (found == entry.driver.allocations.end() || found->second.isOfTest)
    return InvalidValue;
  entry.driver.memoryLeft += found->second.bytes;
  entry.driver.allocations.erase(found);
  entry.driver.freed.push_back(memory); // so that no address comes twice
  return 0;
}

ENTRY(cuMemcpy, Address to, Address from, size_t bytes) {
  Entry entry("cuMemcpy");
  if (int result = entry.unsafe().result)
    return result;
  std::memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
              bytes);
  return 0;
}

ENTRY(cuMemcpyHtoDAsync_v2, Address to, const void *from, size_t bytes,
      const void *stream) {
  Entry entry("cuMemcpyHtoDAsync");
  if (int result = entry.inContext().result)
    return result;
  if (FakeGraph *graph = captureOf(stream))
    graph->nodes.push_back("copy");
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}

ENTRY(cuMemsetD32Async, Address memory, unsigned value, size_t count,
      const void *stream) {
  Entry entry("cuMemsetD32Async");
  if (int result = entry.inContext().result)
    return result;
  if (FakeGraph *graph = captureOf(stream))
    graph->nodes.push_back("fill");
  entry.driver.fills.push_back({memory, value, count, stream});
  for (size_t i = 0; i < count; ++i)
    reinterpret_cast<unsigned *>(memory)[i] = value;
  return 0;
}

ENTRY(cuPointerGetAttributes, unsigned count, int *attributes, void **values,
      Address pointer) {
  Entry entry("cuPointerGetAttributes");
  const FakeAllocation *found = nullptr;
  for (const auto &[begin, allocation] : entry.driver.allocations)
    if (pointer >= begin && pointer < begin + allocation.bytes)
      found = &allocation;
  for (unsigned i = 0; i < count; ++i)
    *static_cast<int *>(values[i]) = attributes[i] == 2 ? (found ? 2 : 0)
                                     : attributes[i] == 9
                                         ? (found ? found->device : -2)
                                         : 0;
  return entry.result;
}

ENTRY(cuStreamCreate, FakeStream **stream, unsigned) {
  Entry entry("cuStreamCreate");
  if (int result = entry.inContext().result)
    return result;
  *stream = entry.driver.createStream();
  (*stream)->context = entry.driver.current();
  return 0;
}

ENTRY(cuStreamSynchronize, const void *) {
  return Entry("cuStreamSynchronize").unsafe().result;
}

ENTRY(cuStreamGetCtx, const FakeStream *stream, const FakeDevice **context) {
  *context = stream ? stream->context : FakeDriver::current();
  return Entry("cuStreamGetCtx").result;
}

ENTRY(cuStreamGetId, const FakeStream *stream, unsigned long long *id) {
  *id = stream ? stream->id : 1;
  return Entry("cuStreamGetId").inContext().result;
}

ENTRY(cuStreamGetCaptureInfo_v2, const FakeStream *stream, int *status,
      uint64_t *, FakeGraph **graph, const void **, size_t *) {
  *status = captureOf(stream) ? 1 : 0;
  if (*status)
    *graph = stream->capture;
  return Entry("cuStreamGetCaptureInfo").inContext().result;
}

ENTRY(cuThreadExchangeStreamCaptureMode, int *mode) {
  std::swap(*mode, captureMode);
  return Entry("cuThreadExchangeStreamCaptureMode").result;
}

ENTRY(cuUserObjectCreate, FakeUserObject **object, void *data,
      void (*destroy)(void *), unsigned, unsigned flags) {
  Entry entry("cuUserObjectCreate");
  if (entry.result || flags != 1)
    return entry.result ? entry.result : InvalidValue;
  *object = new FakeUserObject{data, destroy};
  return 0;
}

ENTRY(cuUserObjectRelease, FakeUserObject *object, unsigned) {
  Entry entry("cuUserObjectRelease");
  object->destroy(object->data);
  delete object;
  return entry.result;
}

ENTRY(cuGraphRetainUserObject, FakeGraph *graph, FakeUserObject *object,
      unsigned, unsigned flags) {
  Entry entry("cuGraphRetainUserObject");
  if (entry.result || flags != 1)
    return entry.result ? entry.result : InvalidValue;
  graph->kept.push_back(object);
  return 0;
}

/// What the real driver refuses of a tensor map.
static bool isMap(const void *map, const FakeMap &m) {
  if (reinterpret_cast<uintptr_t>(map) % 64 ||
      reinterpret_cast<uintptr_t>(m.base) % 16)
    return false;
  for (uint64_t size : m.sizes)
    if (size == 0 || size > uint64_t(1) << 32)
      return false;
  for (uint64_t stride : m.strides)
    if (stride == 0 || stride % 16 || stride >= uint64_t(1) << 40)
      return false;
  for (uint32_t rows : m.box)
    if (rows == 0 || rows > 256)
      return false;
  return m.box[0] * 2 <= 128;
}

ENTRY(cuTensorMapEncodeTiled, void *map, int type, uint32_t rank, void *base,
      const uint64_t *sizes, const uint64_t *strides, const uint32_t *box,
      const uint32_t *elementStrides, int interleave, int swizzle,
      int promotion, int fill) {
  Entry entry("cuTensorMapEncodeTiled");
  if (int result = entry.inContext().result)
    return result;
  FakeMap made = {type,
                  base,
                  {sizes, sizes + rank},
                  {strides, strides + rank - 1},
                  {box, box + rank}};
  for (uint32_t d = 0; d < rank; ++d)
    if (elementStrides[d] != 1)
      return InvalidValue;
  if (!isMap(map, made) || interleave != 0 || swizzle != 3 || promotion != 3 ||
      fill != 0)
    return InvalidValue;
  entry.driver.maps.push_back(std::move(made));
  uint64_t contents[16] = {entry.driver.maps.size() - 1};
  std::memcpy(map, contents, sizeof(contents));
  return 0;
}

#ifndef WITHOUT_LAUNCH
static int wordsOf(char role) {
  switch (role) {
  case 'q':
  case 'k':
  case 'v':
  case 'o':
    return 11;
  case 'l':
    return 9;
  case 'i':
    return 7;
  case 'P':
  case 'S':
    return 13;
  case 's':
  case 'm':
    return 0;
  default:
    return 5;
  }
}

/// Reads the parameters as a kernel of these roles would.
static void readParameters(const std::string &roles, void **parameters,
                           FakeLaunch &launch) {
  for (char role : roles) {
    if (role == 's')
      launch.scale = *static_cast<float *>(*parameters++);
    if (role == 'm')
      std::memcpy(&launch.maps, *parameters++, sizeof(launch.maps));
    for (int i = 0; i < wordsOf(role); ++i)
      launch.words[role].push_back(*static_cast<int64_t *>(*parameters++));
  }
}

ENTRY(cuLaunchKernel, const FakeFunction *function, unsigned gridX,
      unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
      unsigned blockZ, unsigned shared, const void *stream, void **parameters,
      void **) {
  Entry entry("cuLaunchKernel");
  if (int result = entry.inContext().result)
    return result;
  if (gridX == 0 || gridY != 1 || gridZ != 1 || blockY != 1 || blockZ != 1)
    return InvalidValue;
  if (FakeGraph *graph = captureOf(stream))
    graph->nodes.push_back(function->first);
  FakeLaunch launch;
  launch.kernel = function->first;
  launch.grid = gridX;
  launch.threads = blockX;
  launch.shared = shared;
  launch.stream = stream;
  launch.context = FakeDriver::current();
  readParameters(function->second, parameters, launch);
  entry.driver.launches.push_back(std::move(launch));
  return 0;
}
#endif
