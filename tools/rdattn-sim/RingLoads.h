//===- RingLoads.h - What all ranks move and compute ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_RINGLOADS_H
#define RDATTN_TOOLS_SIM_RINGLOADS_H

#include "lib/Planner/RingSchedule.h"

#include <functional>
#include <unordered_map>

namespace rdattn::sim {

/// The planner's StepLoad without its distance.
struct Load {
  int64_t receivedRows = 0;
  int64_t sentRows = 0;
  int64_t pairs = 0;

  bool operator==(const Load &other) const {
    return receivedRows == other.receivedRows && sentRows == other.sentRows &&
           pairs == other.pairs;
  }
};

/// The loads of all ranks, step by step. A ring of thousands of ranks has
/// millions of steps but few different loads, so that equal ones are kept once.
class RingLoads {
public:
  struct Step {
    int32_t distance;
    uint32_t load;
  };
  /// Steps of one rank, ascending in distance: 0, and those in which the rank
  /// moves something.
  struct Steps {
    const Step *first;
    const Step *past;

    const Step *begin() const { return first; }
    const Step *end() const { return past; }
    int64_t size() const { return past - first; }
    const Step &operator[](int64_t index) const { return first[index]; }
  };

  /// Adds the next rank's loads, from distance 0 on.
  void append(const std::vector<planner::StepLoad> &loads);

  int64_t ranks() const { return static_cast<int64_t>(ends.size()) - 1; }
  Steps stepsOf(int64_t rank) const {
    return {steps.data() + ends[rank], steps.data() + ends[rank + 1]};
  }
  const Load &operator[](const Step &step) const { return loads[step.load]; }

  /// Over all steps of a rank.
  Load total(int64_t rank) const;

private:
  struct Hash {
    size_t operator()(const Load &load) const;
  };

  std::vector<Step> steps;
  std::vector<int64_t> ends = {0};
  std::vector<Load> loads;
  std::unordered_map<Load, uint32_t, Hash> indices;
};

/// Called with how many ranks are done.
using Progress = std::function<void(int64_t)>;

/// Asks the planner for every rank, on all threads. A violation where a count
/// does not fit 64 bits.
planner::Violation planLoads(const planner::RingPlanner &planner, int64_t ranks,
                             const Progress &progress, RingLoads &loads);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_RINGLOADS_H
