//===- RankPlans.h - Schedules are made once per shape ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_RANKPLANS_H
#define RDATTN_RUNTIME_RING_RANKPLANS_H

#include "runtime/cuda/DevicePlans.h"
#include "runtime/ring/Statement.h"

#include "lib/Planner/PlanSpec.h"
#include "lib/Planner/RingItems.h"
#include "lib/Planner/RingPacking.h"

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>

namespace rdattn::runtime::ring {

/// One step of a rank.
struct StepPlan {
  int32_t source = 0, target = 0;
  planner::RingTables tables;
  std::vector<planner::Transfer> sends;
  int64_t sentRows = 0, receivedRows = 0; ///< of a batch, all heads counted
  std::vector<planner::PackItem> packs;   ///< what is sent, as a table
  mutable cuda::DevicePlans copies;       ///< of the tables
  mutable cuda::DevicePlans packCopies;   ///< of the table of what is sent
};

/// What one rank does, for one shape.
struct RankPlan {
  int64_t batch = 0;
  std::deque<StepPlan> steps;
  planner::VisitedRows visited;     ///< by the items of all steps
  planner::RingAgreement agreement; ///< what it follows from
  mutable Statements statements;    ///< of it and of rows
};
using RankPlanPointer = std::shared_ptr<const RankPlan>;

/// What the plans of all ranks follow from, beside the spec.
struct RingShape {
  planner::Sizes sizes; ///< tokens: of the whole sequence
  int64_t ranks = 1;
};

/// The plans of one spec: of the most recently used shapes, the ranks that
/// asked. Thread-safe: ranks that are threads plan at once.
class RankPlans {
public:
  static constexpr size_t kShapes = 16;

  /// The spec outlives the plans.
  explicit RankPlans(const planner::PlanSpec &spec) : spec(spec) {}

  /// The plan of `rank`, made where it is not kept; a violation where the sizes
  /// do not fit the pattern (S2) or a table. \pre the spec names a layout, and
  /// the rank is one of the ring.
  planner::Violation find(const RingShape &shape, int64_t rank,
                          RankPlanPointer &plan);

private:
  struct Slot {
    std::mutex mutex; ///< planned once, while other ranks go on
    RankPlanPointer plan;
  };
  struct Shape {
    explicit Shape(const RingShape &shape) : shape(shape) {}

    Slot &slotOf(int64_t rank, const planner::PlanSpec &spec);

    const RingShape shape;
    std::mutex mutex; ///< guards what follows
    std::unique_ptr<planner::RingPlanner> planner;
    std::map<int64_t, Slot> slots;
  };
  std::shared_ptr<Shape> shapeFor(const RingShape &shape,
                                  planner::Violation &violation);
  planner::Violation makePlan(const Shape &shape, int64_t rank,
                              RankPlanPointer &plan) const;

  const planner::PlanSpec &spec;
  std::mutex mutex;
  std::list<std::shared_ptr<Shape>> shapes; ///< most recently used first
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_RANKPLANS_H
