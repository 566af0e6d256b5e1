//===- DeviceStream.h - The caller's stream of a step -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_DEVICESTREAM_H
#define RDATTN_RUNTIME_COMM_DEVICESTREAM_H

#include "runtime/comm/Communicator.h"
#include "runtime/cuda/Device.h"

namespace rdattn::runtime::comm {

/// An error where the stream that step `number` is posted on is another
/// device's, or is captured. \pre the device's context is current.
MaybeFailure checkStream(const Communicator &rank, const cuda::Device &gpu,
                         int64_t number, void *stream);

/// A stream for a ring's transfers, which go before waiting tiles of a kernel:
/// they are short, and others wait. \pre as above.
MaybeFailure createTransferStream(const cuda::Device &gpu,
                                  cuda::StreamHandle &stream);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_DEVICESTREAM_H
