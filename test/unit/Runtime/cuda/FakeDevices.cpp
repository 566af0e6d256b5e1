//===- FakeDevices.cpp - Devices and contexts of the fake driver ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

#include <cstring>

using namespace rdattn::test;

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
  *value = attribute == 13   ? 1980000 // kHz
           : attribute == 36 ? 2619000 // kHz
           : attribute == 37 ? 5120    // bits
           : attribute == 16 ? d.multiprocessors
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

ENTRY(cuDeviceCanAccessPeer, int *can, int device, int peer) {
  Entry entry("cuDeviceCanAccessPeer");
  *can = device != peer && entry.driver.devicesReachEachOther;
  return entry.result;
}

ENTRY(cuCtxEnablePeerAccess, const FakeDevice *peer, unsigned flags) {
  Entry entry("cuCtxEnablePeerAccess");
  const bool isPeer = peer != entry.driver.current() && flags == 0 &&
                      entry.driver.devicesReachEachOther;
  return isPeer ? entry.inContext().result : InvalidContext;
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
