//===- RankPlans.cpp - Schedules are made once per shape ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/RankPlans.h"
#include "runtime/PlanCache.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

static bool sameShape(const RingShape &a, const RingShape &b) {
  return a.ranks == b.ranks && sameSizes(a.sizes, b.sizes);
}

static bool isEmpty(const planner::Sizes &sizes) {
  return sizes.batch == 0 || sizes.tokens == 0 || sizes.heads == 0;
}

/// The ranks share what tells the steps.
RankPlans::Slot &RankPlans::Shape::slotOf(int64_t rank,
                                          const planner::PlanSpec &spec) {
  std::lock_guard<std::mutex> lock(mutex);
  if (!planner) {
    std::vector<planner::BranchClasses> branches = spec.branches;
    if (isEmpty(shape.sizes))
      branches.assign(branches.size(), planner::BranchClasses());
    planner = std::make_unique<planner::RingPlanner>(
        branches, shape.sizes, spec.options.causal,
        planner::Ring{shape.ranks, *spec.ring});
  }
  return slots[rank];
}

std::shared_ptr<RankPlans::Shape>
RankPlans::shapeFor(const RingShape &shape, planner::Violation &violation) {
  std::lock_guard<std::mutex> lock(mutex);
  auto found =
      std::find_if(shapes.begin(), shapes.end(), [&](const auto &kept) {
        return sameShape(kept->shape, shape);
      });
  if (found != shapes.end()) {
    shapes.splice(shapes.begin(), shapes, found);
    return shapes.front();
  }
  violation = planner::checkSizes(spec.branches, shape.sizes);
  if (!violation)
    violation = planner::checkRing({shape.ranks, *spec.ring});
  if (violation)
    return nullptr;
  shapes.push_front(std::make_shared<Shape>(shape));
  if (shapes.size() > kShapes)
    shapes.pop_back();
  return shapes.front();
}

planner::Violation RankPlans::makePlan(const Shape &kept, int64_t rank,
                                       RankPlanPointer &plan) const {
  const planner::Sizes &sizes = kept.shape.sizes;
  auto made = std::make_shared<RankPlan>();
  made->batch = sizes.batch;
  planner::RingSchedule schedule = kept.planner->plan(rank);
  std::vector<planner::RingTables> tables;
  if (planner::Violation violation = planner::makeRingTables(
          schedule.steps, sizes, spec.branches.size(), spec.options, tables))
    return violation;
  for (size_t number = 0; number < tables.size(); ++number) {
    planner::RingStep &step = schedule.steps[number];
    StepPlan &next = made->steps.emplace_back();
    next.tables = std::move(tables[number]);
    made->visited += planner::countVisitedRows(next.tables.items.data(),
                                               next.tables.items.size(),
                                               spec.options.queries);
    next.source = static_cast<int32_t>(step.source);
    next.target = static_cast<int32_t>(step.target);
    next.receivedRows = planner::rowsOf(step.receive);
    next.sentRows = planner::rowsOf(step.send);
    next.packs = planner::makePackTable(step.send);
    next.sends = std::move(step.send);
  }
  made->agreement =
      planner::agreementOf(spec.branches, sizes, spec.options.causal,
                           {kept.shape.ranks, *spec.ring});
  plan = std::move(made);
  countPlan();
  return std::nullopt;
}

planner::Violation RankPlans::find(const RingShape &shape, int64_t rank,
                                   RankPlanPointer &plan) {
  planner::Violation violation;
  std::shared_ptr<Shape> kept = shapeFor(shape, violation);
  if (violation)
    return violation;
  Slot &slot = kept->slotOf(rank, spec);
  std::lock_guard<std::mutex> lock(slot.mutex);
  if (!slot.plan)
    violation = makePlan(*kept, rank, slot.plan);
  plan = slot.plan;
  return violation;
}
