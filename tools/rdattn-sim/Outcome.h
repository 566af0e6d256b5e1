//===- Outcome.h - Plans and simulates one ring -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_OUTCOME_H
#define RDATTN_TOOLS_SIM_OUTCOME_H

#include "tools/rdattn-sim/Summary.h"

#include "llvm/Support/Error.h"

namespace rdattn::sim {

/// What was asked for.
struct Request {
  Case problem;
  std::optional<planner::Layout> layout; ///< else what suits the pattern
  Machine machine;
  bool steps = false; ///< of the rank that is done last
};

struct StepReport {
  StepTimes times;
  Load load;
};

struct Outcome {
  Case problem; ///< with its layout
  Summary summary;
  std::vector<StepReport> steps; ///< where they were asked for
};

/// An error says why the sizes do not fit each other or the pattern, or are too
/// many to be planned.
llvm::Expected<Outcome> simulateRing(const planner::Pattern &pattern,
                                     const Request &request,
                                     const Progress &progress);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_OUTCOME_H
