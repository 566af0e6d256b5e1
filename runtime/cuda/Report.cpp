//===- Report.cpp - How a launch ran --------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Report.h"
#include "runtime/cuda/Device.h"

#include <cstdio>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

static MaybeFailure describeDevice(const Device &device,
                                   rdattn_cuda_report &report) {
  const Api &api = device.api();
  DeviceNumber number = 0;
  int memoryClock = 0, busWidth = 0;
  Result result = api.deviceGet(&number, device.ordinal);
  if (result == Success)
    result = api.deviceAttribute(&report.clock_khz, ClockRate, number);
  if (result == Success)
    result = api.deviceAttribute(&memoryClock, MemoryClockRate, number);
  if (result == Success)
    result = api.deviceAttribute(&busWidth, MemoryBusWidth, number);
  if (result != Success)
    return device.failure(result, "ask for the clocks");
  // Two transfers a cycle.
  report.memory_bytes_per_second =
      int64_t(2) * memoryClock * 1000 * (busWidth / 8);
  report.major = device.major;
  report.minor = device.minor;
  report.multiprocessors = device.multiprocessors;
  std::snprintf(report.device, sizeof report.device, "%s", device.name.c_str());
  return std::nullopt;
}

static MaybeFailure describeKernel(const Device &device, const Kernel &kernel,
                                   rdattn_cuda_report &report) {
  const Api &api = device.api();
  FunctionHandle function = kernel.function;
  int shared = 0, local = 0;
  Result result =
      api.functionAttribute(&report.registers, RegisterCount, function);
  if (result == Success)
    result = api.functionAttribute(&local, LocalSize, function);
  if (result == Success)
    result = api.functionAttribute(&shared, StaticSharedSize, function);
  if (result != Success)
    return device.failure(
        result, sentence("ask what kernel '", kernel.name, "' takes"));
  report.local_bytes = local;
  report.shared_bytes = int64_t(shared) + kernel.sharedBytes;
  report.threads = static_cast<int32_t>(kernel.threads);
  report.blocks_per_multiprocessor = static_cast<int32_t>(kernel.blocks);
  std::snprintf(report.kernel, sizeof report.kernel, "%s", kernel.name.c_str());
  return std::nullopt;
}

MaybeFailure rdattn::runtime::cuda::describeLaunch(const Device &device,
                                                   const Program &program,
                                                   const Kernel &kernel,
                                                   int64_t blocks,
                                                   rdattn_cuda_report &report) {
  report = {};
  report.queries = static_cast<int32_t>(program.queries);
  report.keys = static_cast<int32_t>(program.keys);
  report.blocks = static_cast<int32_t>(blocks);
  if (MaybeFailure failure = describeDevice(device, report))
    return failure;
  return describeKernel(device, kernel, report);
}
