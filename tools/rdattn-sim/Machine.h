//===- Machine.h - The machine that is simulated ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_MACHINE_H
#define RDATTN_TOOLS_SIM_MACHINE_H

#include <cstdint>

namespace rdattn::sim {

/// Rates are per second and positive, infinity included; times are in seconds.
struct Machine {
  int64_t node = 8;       ///< ranks of a node: rank r is in node r / node
  double link = 0;        ///< bytes, of one rank inside its node, each way
  double network = 0;     ///< bytes, of one rank to other nodes, each way
  double nodeNetwork = 0; ///< bytes, of all ranks of a node, each way
  double linkLatency = 0; ///< before a transfer inside a node moves anything
  double networkLatency = 0;
  double rate = 0;      ///< floating-point operations of a rank's kernels
  double launch = 0;    ///< before a kernel computes anything
  double copyShare = 0; ///< of that rate lost during transfers, in [0, 1)
};

/// What a StepLoad's rows and pairs weigh.
struct Weights {
  double bytesPerRow = 0; ///< of a key and a value
  double flopsPerPair = 0;
};

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_MACHINE_H
