//===- DevicePlans.cpp - One plan on every device -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/DevicePlans.h"
#include "runtime/cuda/DevicePlan.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure DevicePlans::find(Device &device, const TableView &tables,
                               std::shared_ptr<DevicePlan> &plan) {
  std::lock_guard<std::mutex> lock(mutex);
  for (const std::shared_ptr<DevicePlan> &copy : copies)
    if (&copy->device == &device) {
      plan = copy;
      return std::nullopt;
    }
  if (MaybeFailure failure = DevicePlan::upload(device, tables, plan))
    return failure;
  copies.push_back(plan);
  return std::nullopt;
}
