//===- DevicePlans.h - One plan on every device -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_DEVICEPLANS_H
#define RDATTN_RUNTIME_CUDA_DEVICEPLANS_H

#include "runtime/Error.h"

#include <memory>
#include <mutex>
#include <vector>

namespace rdattn::runtime::cuda {

class Device;
class DevicePlan;
struct TableView;

/// The copies of one plan, at most one for each device. Whoever owns the plan
/// owns this, so that both go together; a launch that still runs with a copy
/// keeps it. Thread-safe.
class DevicePlans {
public:
  /// The copy on the device, made where there is none. `tables` are the plan's.
  MaybeFailure find(Device &device, const TableView &tables,
                    std::shared_ptr<DevicePlan> &plan);

private:
  std::mutex mutex;
  std::vector<std::shared_ptr<DevicePlan>> copies;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_DEVICEPLANS_H
