//===- Ring.h - The handle of a rank ----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_RING_H
#define RDATTN_RUNTIME_COMM_RING_H

#include "rdattn/ring.h"
#include "runtime/comm/Communicator.h"
#include "runtime/ring/LastCall.h"
#include "runtime/ring/StepMemory.h"

struct rdattn_ring {
  std::unique_ptr<rdattn::runtime::comm::Communicator> communicator;
  /// Steps take them in turn: one is computed while the next arrives.
  rdattn::runtime::ring::StepMemory memory[2] = {};
  rdattn::runtime::ring::Buffer partial = {}; ///< the steps' results
  rdattn::runtime::ring::LastCall lastCall = {};
};

#endif // RDATTN_RUNTIME_COMM_RING_H
