//===- Summary.cpp - What a simulation found ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Summary.h"

#include <algorithm>

namespace rdattn::sim {

Weights weightsOf(const Case &problem) {
  double columns = double(problem.headDim) + double(problem.valueDim);
  return {planner::bytesOf(1, problem.headDim, problem.valueDim,
                           problem.elementBytes),
          2 * columns};
}

double memoryOf(const Case &problem, const RingLoads &loads, int64_t rank) {
  const planner::Sizes &sizes = problem.sizes;
  double rows = double(sizes.batch) *
                double(planner::shardLength(problem.ring, sizes.tokens, rank));
  double columns = double(problem.headDim) + double(problem.valueDim);
  double heads = double(sizes.heads), kvHeads = double(sizes.kvHeads);
  double bytes =
      rows * columns * (heads + kvHeads) * double(problem.elementBytes);
  int64_t buffers[2] = {0, 0}, received = 0, computed = 0;
  for (const RingLoads::Step &step : loads.stepsOf(rank)) {
    const Load &load = loads[step];
    computed += load.pairs > 0;
    if (load.receivedRows > 0) {
      int64_t &buffer = buffers[received++ % 2];
      buffer = std::max(buffer, load.receivedRows);
    }
  }
  bytes += double(buffers[0] + buffers[1]) * weightsOf(problem).bytesPerRow;
  if (computed > 1) // o and lse
    bytes += rows * heads * (double(problem.valueDim) + 1) * sizeof(float);
  return bytes;
}

Summary summarize(const Case &problem, const Machine &machine,
                  const RingLoads &loads, const std::vector<RankTimes> &times) {
  Summary summary;
  double ranks = double(loads.ranks()), pairs = 0, most = 0, sent = 0;
  Weights weights = weightsOf(problem);
  for (int64_t rank = 0; rank < loads.ranks(); ++rank) {
    Load total = loads.total(rank);
    pairs += double(total.pairs);
    most = std::max(most, double(total.pairs));
    double bytes = double(total.sentRows) * weights.bytesPerRow;
    sent += bytes;
    summary.sentMost = std::max(summary.sentMost, bytes);
    summary.memory = std::max(summary.memory, memoryOf(problem, loads, rank));
    if (times[rank].end > times[summary.slowest].end)
      summary.slowest = rank;
  }
  summary.times = times[summary.slowest];
  summary.seconds = summary.times.end;
  summary.flops = pairs * weights.flopsPerPair;
  if (summary.seconds > 0)
    summary.efficiency =
        summary.flops / (ranks * machine.rate * summary.seconds);
  if (pairs > 0)
    summary.imbalance = most * ranks / pairs;
  summary.sentMean = sent / ranks;
  return summary;
}

} // namespace rdattn::sim
