//===- DeviceStream.cpp - The caller's stream of a step -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/DeviceStream.h"
#include "runtime/comm/Faults.h"
#include "runtime/cuda/LaunchStream.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

MaybeFailure comm::checkStream(const Communicator &rank,
                               const cuda::Device &gpu, int64_t number,
                               void *stream) {
  cuda::LaunchStream caller(stream);
  if (MaybeFailure failure = caller.inspect(gpu))
    return failure;
  if (MaybeFailure failure = caller.checkContext(gpu))
    return failure;
  if (caller.isCaptured())
    return invalid(stepName(number), " of ", rank.name(),
                   " is posted on a stream that is captured into a graph, but "
                   "the steps of a ring must run outside graphs");
  return std::nullopt;
}

MaybeFailure comm::createTransferStream(const cuda::Device &gpu,
                                        cuda::StreamHandle &stream) {
  int least = 0, greatest = 0;
  cuda::Result made = gpu.api().streamPriorities(&least, &greatest);
  if (made == cuda::Success)
    made = gpu.api().streamCreateWithPriority(&stream, cuda::StreamNonBlocking,
                                              greatest);
  if (made != cuda::Success)
    return gpu.failure(made, "create a stream");
  return std::nullopt;
}
