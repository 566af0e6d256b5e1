//===- Simulation.h - Runs the schedule of a ring on paper ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Every rank does what the runtime makes it do. It posts its first step, then
// computes step 0 on what it holds. A step is posted once the rank's step
// before is done, what it sends and what it receives, and one of two buffers is
// free, where it receives anything. A transfer begins when both of its ranks
// have posted it. A step is computed when it is done and the computation before
// has ended, which then frees that one's buffer. Steps in which a rank moves
// nothing take it no time.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_SIMULATION_H
#define RDATTN_TOOLS_SIM_SIMULATION_H

#include "tools/rdattn-sim/Machine.h"
#include "tools/rdattn-sim/RingLoads.h"

namespace rdattn::sim {

/// When things happened in one step of one rank, in seconds from the start.
/// `arrived` is when the step was done, and the computation may have begun.
struct StepTimes {
  int64_t distance = 0;
  double posted = 0, arrived = 0;
  double began = 0, ended = 0; ///< of the computation; 0 where there is none
  double waited = 0;           ///< without computing, for this step's rows
};

/// What a step adds to the time of its rank: from the end of the computation
/// before to the end of its own.
struct Span {
  int64_t distance = 0;
  double seconds = 0;
  double waited = 0;

  /// Transfers bind a step where the rank waits for its rows, but for a
  /// hundredth.
  bool isBoundByTransfer() const { return waited > seconds / 100; }
};

struct RankTimes {
  double end = 0;    ///< of all that the rank does
  double waited = 0; ///< without computing, for rows that came later
  Span longest;
};

/// The times of all ranks. Those of each step of rank `watched` go to `steps`.
std::vector<RankTimes> simulate(const RingLoads &loads, const Weights &weights,
                                const Machine &machine, int64_t watched = -1,
                                std::vector<StepTimes> *steps = nullptr);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_SIMULATION_H
