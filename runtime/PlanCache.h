//===- PlanCache.h - Plans by shape and by spec -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_PLANCACHE_H
#define RDATTN_RUNTIME_PLANCACHE_H

#include "runtime/Error.h"
#include "runtime/cuda/DevicePlans.h"
#include "runtime/ring/RankPlans.h"

#include "lib/Planner/PlanSpec.h"

#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace rdattn::runtime {

/// A plan with its copies on devices, which go when it goes.
struct HostPlan {
  explicit HostPlan(planner::Plan tables) : tables(std::move(tables)) {}

  const planner::Plan tables;
  mutable cuda::DevicePlans copies;
};
using PlanPointer = std::shared_ptr<const HostPlan>;

/// Counts a plan for rdattn_plan_count.
void countPlan();

bool sameSizes(const planner::Sizes &a, const planner::Sizes &b);

/// The plans of one spec: the most recently used shapes. Thread-safe.
class PlanCache {
public:
  static constexpr size_t kShapes = 16;

  explicit PlanCache(planner::PlanSpec spec) : spec(std::move(spec)) {}
  PlanCache(const PlanCache &) = delete;
  PlanCache &operator=(const PlanCache &) = delete;

  /// The plan for `sizes`, made where it is not kept; a violation where they
  /// do not fit the pattern (S2).
  planner::Violation find(const planner::Sizes &sizes, PlanPointer &plan);

  const planner::PlanSpec spec;
  ring::RankPlans ranks{spec}; ///< where the spec names a layout

private:
  /// Planned once, while other shapes go on.
  struct Slot {
    explicit Slot(const planner::Sizes &sizes) : sizes(sizes) {}
    planner::Sizes sizes;
    std::mutex mutex;
    PlanPointer plan;
  };
  std::shared_ptr<Slot> slotFor(const planner::Sizes &sizes,
                                planner::Violation &violation);

  std::mutex mutex;
  std::list<std::shared_ptr<Slot>> slots; ///< most recently used first
};

/// The caches of the specs that compiled code hands over as words. Thread-safe.
class EmbeddedSpecs {
public:
  /// The cache of these words, by value: they may be another spec's tomorrow.
  planner::Violation find(const int64_t *words, size_t count,
                          std::shared_ptr<PlanCache> &cache);

private:
  struct Entry {
    std::vector<int64_t> words;
    std::shared_ptr<PlanCache> cache;
  };
  std::mutex mutex;
  std::list<Entry> entries; ///< most recently used first
};

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_PLANCACHE_H
