//===- FakeMemory.cpp - Memory of the fake driver -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

#include <cstdlib>
#include <cstring>

using namespace rdattn::test;

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
  if (!entry.driver.holds(to, bytes))
    return InvalidValue;
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}

/// Puts a copy on a stream of the current context.
static int enqueue(Entry &entry, FakeCopy copy, FakeStream *stream) {
  if (entry.inContext().result)
    return entry.result;
  if (!stream || stream->context != entry.driver.current())
    return InvalidHandle;
  copy.before = stream->work;
  copy.isDone = std::make_shared<std::atomic<bool>>(false);
  stream->work.push_back(copy.isDone);
  entry.driver.copies.push_back(std::move(copy));
  return 0;
}

ENTRY(cuMemcpyDtoDAsync_v2, Address to, Address from, size_t bytes,
      FakeStream *stream) {
  Entry entry("cuMemcpyDtoDAsync");
  const FakeDevice *own = entry.driver.current();
  return enqueue(entry, {to, from, bytes, own, own, {}, nullptr}, stream);
}

ENTRY(cuMemcpyPeerAsync, Address to, const FakeDevice *target, Address from,
      const FakeDevice *source, size_t bytes, FakeStream *stream) {
  Entry entry("cuMemcpyPeerAsync");
  return enqueue(entry, {to, from, bytes, source, target, {}, nullptr}, stream);
}

ENTRY(cuMemsetD32Async, Address memory, unsigned value, size_t count,
      const void *stream) {
  Entry entry("cuMemsetD32Async");
  if (int result = entry.inContext().result)
    return result;
  if (FakeGraph *graph = captureOf(stream))
    graph->nodes.push_back("fill");
  if (!entry.driver.holds(memory, count * sizeof(unsigned)))
    return InvalidValue;
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
