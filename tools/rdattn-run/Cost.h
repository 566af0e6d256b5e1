//===- Cost.h - What an attention costs -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_COST_H
#define RDATTN_TOOLS_RUN_COST_H

#include "tools/rdattn-run/Check.h"
#include "tools/rdattn-run/Peak.h"

namespace rdattn::run {

/// The sizes of one call.
struct Sizes {
  rdattn_dtype dtype;
  int64_t batch, tokens, heads, kvHeads, headDim, valueDim;
};

/// The parts of rdattn_explain's report that this tool prints.
struct Cost {
  double pairs = 0; ///< allowed (query, key) pairs over batch and heads
  double flops = 0;
  double bytes = 0;
  double items = 0; ///< rows of the work table
  double densePairs = 0;
};

/// The cost of the attention that `definition` (JSON) names, by the default
/// schedule of `target`.
llvm::Expected<Cost> costOf(llvm::StringRef definition, const Sizes &sizes,
                            const char *target);

/// Best and median seconds of some runs. Where a run is a batch of launches,
/// those of one launch.
struct Timing {
  double best = 0, median = 0;
  int runs = 0, launches = 1;
};
Timing summarize(std::vector<double> seconds, int launches);

void printTiming(llvm::raw_ostream &stream, const Timing &timing,
                 const std::optional<Cost> &cost);

void printSizes(llvm::raw_ostream &stream, const Sizes &sizes);

/// The attention and its cost.
void printCost(llvm::raw_ostream &stream, const Sizes &sizes, const Cost &cost);

/// The least time where no more than `flops` and `bytes` are possible a second.
void printRoofline(llvm::raw_ostream &stream, const Cost &cost, double flops,
                   double bytes, const std::optional<Timing> &timing);

/// The attention, its cost, and the least time it takes on this machine;
/// `timing` is compared with that.
void printExplanation(llvm::raw_ostream &stream, const Sizes &sizes,
                      const Cost &cost, const Peak &peak,
                      const std::optional<Timing> &timing);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_COST_H
