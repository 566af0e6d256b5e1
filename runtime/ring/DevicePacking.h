//===- DevicePacking.h - Rows that are sent, packed on a GPU ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_DEVICEPACKING_H
#define RDATTN_RUNTIME_RING_DEVICEPACKING_H

#include "runtime/Error.h"
#include "runtime/Memref.h"

#include "lib/Planner/RingSchedule.h"

namespace rdattn::runtime {

namespace cuda {
class Device;
} // namespace cuda

namespace ring {

/// What packRows does on the host, on a stream of the device whose context is
/// current.
MaybeFailure packRows(const cuda::Device &device, void *stream,
                      const std::vector<planner::Transfer> &transfers,
                      const Memref4 &tensor, int64_t bytes, char *to);

} // namespace ring
} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_RING_DEVICEPACKING_H
