//===- FakeDriver.h - A CUDA driver without a GPU ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A library with the driver's entry points that records what is asked of it,
// and refuses what the real one refuses. Its memory is the host's.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_CUDA_FAKEDRIVER_H
#define RDATTN_TEST_RUNTIME_CUDA_FAKEDRIVER_H

#include "rdattn/module.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace rdattn::test {

struct FakeDevice {
  std::string name = "NVIDIA H100";
  int major = 9, minor = 0;
  int multiprocessors = 4;
  int sharedLimit = 232448;
};

/// An object that a graph keeps.
struct FakeUserObject {
  void *data;
  void (*destroy)(void *);
};

struct FakeGraph {
  std::vector<FakeUserObject *> kept;
  std::vector<std::string> nodes; ///< what was captured
};

/// Work that another rank has to join: set once it is done.
using FakeWork = std::shared_ptr<std::atomic<bool>>;

/// A context is the address of its device.
struct FakeStream {
  const FakeDevice *context = nullptr;
  unsigned long long id = 0;
  FakeGraph *capture = nullptr;
  std::vector<FakeWork> work; ///< that is not done at once, as launches are
};

/// What was on a stream when the event was recorded.
struct FakeEvent {
  const FakeDevice *context = nullptr;
  std::vector<FakeWork> work;
};

/// A copy within a device, or between two, after the work before it.
struct FakeCopy {
  unsigned long long to, from;
  size_t bytes;
  const FakeDevice *source, *target;
  std::vector<FakeWork> before;
  FakeWork isDone;
};

struct FakeAllocation {
  size_t bytes = 0;
  int device = 0;
  bool isOfTest = false; ///< the test's own, not the runtime's
};

struct FakeLaunch {
  std::string kernel;
  unsigned grid = 0, threads = 0, shared = 0;
  const void *stream = nullptr;
  const FakeDevice *context = nullptr;
  std::map<char, std::vector<int64_t>> words; ///< by role
  float scale = 0;
  rdattn_cuda_maps maps = {};
};

struct FakeMap {
  int type = 0;
  const void *base = nullptr;
  std::vector<uint64_t> sizes, strides;
  std::vector<uint32_t> box;
};

struct FakeFill {
  unsigned long long memory;
  unsigned value;
  size_t count;
  const void *stream;
};

class RDATTN_EXPORT FakeDriver {
public:
  /// As new: one device, nothing recorded.
  void reset();

  /// A stream that the test launches on.
  FakeStream *createStream(int device = 0);
  FakeGraph *beginCapture(FakeStream *stream);
  /// Destroys the graph of the capture, and what it alone kept.
  void endCapture(FakeStream *stream);

  /// Makes the test's memory a device's.
  void adopt(const void *memory, size_t bytes, int device = 0);

  /// Makes the copies that nothing keeps waiting, as a device would.
  void advance();

  /// How often an entry point was called.
  int count(const std::string &symbol) const;
  /// True where an allocation has all of these bytes.
  bool holds(unsigned long long memory, size_t bytes) const;
  /// What the runtime has allocated and not freed.
  size_t liveAllocations() const;

  //===-- What the test sets ----------------------------------------------===//

  int version = 12040;
  std::vector<FakeDevice> devices;
  std::map<std::string, int> failures; ///< results of entry points
  size_t memoryLeft = size_t(1) << 40;
  std::map<const void *, int> imageResults; ///< of loading an image
  std::string log;                          ///< of the compiler
  int blocksPerMultiprocessor = 1;
  bool launchesSlowly = false; ///< so that other threads come between
  std::map<std::string, std::string> roles; ///< of each kernel
  bool devicesReachEachOther = true;
  /// What kernels do: called as each is launched.
  std::function<void(const FakeLaunch &)> runKernel;

  //===-- What it records -------------------------------------------------===//

  std::map<std::string, int> calls;
  std::map<unsigned long long, FakeAllocation> allocations;
  std::vector<const void *> images; ///< loaded, the first first
  std::set<const void *> modules;   ///< loaded and not unloaded
  std::vector<FakeLaunch> launches;
  std::vector<FakeMap> maps;
  std::vector<FakeFill> fills;
  std::vector<FakeCopy> copies;               ///< on a stream, the first first
  std::map<std::string, int> sharedOfKernels; ///< the attribute that was set
  std::set<const FakeEvent *> events;         ///< created and not destroyed
  std::set<const FakeStream *> ownStreams;    ///< the same, with a priority
  int forbidden = 0; ///< calls that a capture in progress forbids

  /// The thread's current context.
  static const FakeDevice *&current();
  /// The thread's CUstreamCaptureMode.
  static int &captureMode();

  mutable std::recursive_mutex mutex;
  int captures = 0;
  std::vector<FakeStream *> streams;
  std::vector<unsigned long long> freed;
};

/// The one behind all fake libraries.
RDATTN_EXPORT FakeDriver &fakeDriver();

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_CUDA_FAKEDRIVER_H
