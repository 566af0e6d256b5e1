//===- RingLoads.cpp - What all ranks move and compute --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/RingLoads.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/Support/Parallel.h"

#include <algorithm>

namespace rdattn::sim {

size_t RingLoads::Hash::operator()(const Load &load) const {
  return llvm::hash_combine(load.receivedRows, load.sentRows, load.pairs);
}

void RingLoads::append(const std::vector<planner::StepLoad> &planned) {
  for (const planner::StepLoad &step : planned) {
    if (step.distance > 0 && step.receivedRows == 0 && step.sentRows == 0)
      continue;
    Load load{step.receivedRows, step.sentRows, step.pairs};
    auto [entry, isNew] =
        indices.try_emplace(load, static_cast<uint32_t>(loads.size()));
    if (isNew)
      loads.push_back(load);
    steps.push_back({static_cast<int32_t>(step.distance), entry->second});
  }
  ends.push_back(static_cast<int64_t>(steps.size()));
}

Load RingLoads::total(int64_t rank) const {
  Load sum;
  for (const Step &step : stepsOf(rank)) {
    const Load &load = loads[step.load];
    sum.receivedRows += load.receivedRows;
    sum.sentRows += load.sentRows;
    sum.pairs += load.pairs;
  }
  return sum;
}

/// The planner counts up to the largest number and no further. Sums over the
/// steps of a rank stay below that too.
static bool fits(const std::vector<planner::StepLoad> &loads) {
  double pairs = 0, rows = 0;
  for (const planner::StepLoad &load : loads) {
    pairs += double(load.pairs);
    rows += double(load.receivedRows) + double(load.sentRows);
  }
  return pairs < 0x1p62 && rows < 0x1p62;
}

planner::Violation planLoads(const planner::RingPlanner &planner, int64_t ranks,
                             const Progress &progress, RingLoads &loads) {
  constexpr int64_t kBatch = 64; // whose loads are kept as the planner has them
  std::vector<std::vector<planner::StepLoad>> batch;
  for (int64_t begin = 0; begin < ranks; begin += kBatch) {
    batch.resize(std::min(kBatch, ranks - begin));
    llvm::parallelFor(0, batch.size(), [&](size_t i) {
      batch[i] = planner.load(begin + static_cast<int64_t>(i));
    });
    for (const std::vector<planner::StepLoad> &rank : batch) {
      if (!fits(rank))
        return "a rank has 2^62 allowed pairs or more over its batches and "
               "heads; fewer tokens, heads or batches can be simulated";
      loads.append(rank);
    }
    progress(begin + static_cast<int64_t>(batch.size()));
  }
  return std::nullopt;
}

} // namespace rdattn::sim
