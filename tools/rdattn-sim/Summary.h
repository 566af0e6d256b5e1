//===- Summary.h - What a simulation found ----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_SUMMARY_H
#define RDATTN_TOOLS_SIM_SUMMARY_H

#include "tools/rdattn-sim/Simulation.h"

namespace rdattn::sim {

/// One attention over one ring.
struct Case {
  planner::Sizes sizes;
  int64_t headDim = 0, valueDim = 0, elementBytes = 0;
  bool causal = false;
  planner::Ring ring;
};

Weights weightsOf(const Case &problem);

/// Bytes on one rank: its q, k, v and o, two buffers that hold the steps it
/// receives in turn, and the sums in f32 where it computes more than once.
double memoryOf(const Case &problem, const RingLoads &loads, int64_t rank);

struct Summary {
  double seconds = 0;                ///< until the last rank is done
  double efficiency = 0;             ///< work / (ranks * rate * seconds)
  int64_t slowest = 0;               ///< the rank that is done last
  RankTimes times;                   ///< of that rank
  double imbalance = 1;              ///< the most work of a rank over the mean
  double sentMean = 0, sentMost = 0; ///< bytes of a rank
  double memory = 0;                 ///< bytes, the most of a rank
  double flops = 0;                  ///< of all ranks
};

Summary summarize(const Case &problem, const Machine &machine,
                  const RingLoads &loads, const std::vector<RankTimes> &times);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_SUMMARY_H
