//===- RingProblem.h - A function and the ring to explain it on -*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_RINGPROBLEM_H
#define RDATTN_TOOLS_RUN_RINGPROBLEM_H

#include "lib/Planner/RingCosts.h"
#include "tools/rdattn-run/Call.h"
#include "tools/rdattn-run/Cost.h"

namespace rdattn::run {

/// What the command line says of a ring.
struct RingOptions {
  std::optional<int64_t> ranks, tokens;
  std::optional<double> rate; ///< TFLOP/s of a rank
  std::optional<double> link; ///< GB/s that a rank receives

  bool areGiven() const { return ranks || tokens || rate || link; }
};

/// An attention over a whole sequence, and who computes it how fast.
struct RingProblem {
  Attention attention;
  Sizes sizes; ///< `tokens` is S of the whole
  planner::Ring ring;
  double flops = 0; ///< of a rank, a second
  double link = 0;  ///< bytes that a rank receives, a second

  double rowBytes() const; ///< of k and v, of a key/value head
  double pairFlops() const;
  planner::RingRates rates() const {
    return {rowBytes() / link, pairFlops() / flops};
  }
};

/// What the function says; the rest is taken from the options, and sizes of
/// tensors from the arrays. An error names what is missing or does not fit.
llvm::Expected<RingProblem> ringProblemOf(const rdattn_signature &signature,
                                          const CallOptions &arrays,
                                          const RingOptions &options);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_RINGPROBLEM_H
