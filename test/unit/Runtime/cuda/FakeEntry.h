//===- FakeEntry.h - What entry points of the fake driver share -*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_CUDA_FAKEENTRY_H
#define RDATTN_TEST_RUNTIME_CUDA_FAKEENTRY_H

#include "FakeDriver.h"

namespace rdattn::test {

using Address = unsigned long long;

// CUresult
enum {
  InvalidValue = 1,
  OutOfMemory = 2,
  InvalidContext = 201,
  InvalidHandle = 400,
  NotFound = 500,
  CaptureUnsupported = 900
};

/// A function is the name and the roles of its kernel.
using FakeFunction = std::pair<const std::string, std::string>;

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
    if (driver.captures && FakeDriver::captureMode() != 2) {
      ++driver.forbidden;
      result = CaptureUnsupported;
    }
    return inContext();
  }

  FakeDriver &driver;
  std::lock_guard<std::recursive_mutex> lock;
  int result = 0;
};

inline FakeGraph *captureOf(const void *stream) {
  return stream ? static_cast<const FakeStream *>(stream)->capture : nullptr;
}

} // namespace rdattn::test

#define ENTRY(symbol, ...) extern "C" RDATTN_EXPORT int symbol(__VA_ARGS__)

#endif // RDATTN_TEST_RUNTIME_CUDA_FAKEENTRY_H
