//===- RingLaunches.cpp - Steps of a ring as launches ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/RingLaunches.h"

#include "lib/Planner/RingItems.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace rdattn;

/// What the tables of the steps are cut into.
static LogicalResult setTile(RingPlanOp plan, ScheduleAttrInterface schedule) {
  Builder b(plan.getContext());
  auto queries = b.getI64IntegerAttr(schedule.getItemQueries());
  auto order = TileOrderAttr::get(plan.getContext(), schedule.getItemOrder());
  auto group = b.getI64IntegerAttr(schedule.getItemGroup());
  auto isOther = [](Attribute given, Attribute wanted) {
    return given && given != wanted;
  };
  if (isOther(plan.getQueriesAttr(), queries) ||
      isOther(plan.getOrderAttr(), order) ||
      isOther(plan.getGroupAttr(), group))
    return plan.emitOpError()
           << "has tables for another schedule than " << schedule;
  plan.setQueriesAttr(queries);
  plan.setOrderAttr(order);
  if (schedule.getItemGroup() > 0)
    plan.setGroupAttr(group);
  return success();
}

static bool hasWindow(const planner::ClassGroup &group) {
  return group.window.has_value();
}

LogicalResult rdattn::launchStep(RingAttendOp attend, RingPlanOp plan,
                                 ScheduleAttrInterface schedule) {
  if (failed(setTile(plan, schedule)))
    return failure();
  const std::vector<planner::BranchClasses> branches = plan.getSpec().branches;
  bool windowed = planner::anyGroup(branches, hasWindow);
  // Between shards a class of a Hilbert order is no lower triangle.
  bool listed = windowed || (attend.getCausal() &&
                             planner::anyGroup(branches, planner::isGathered));
  ImplicitLocOpBuilder b(attend.getLoc(), attend);
  Type i32 = b.getI32Type();
  constexpr int64_t dynamic = ShapedType::kDynamic;
  auto items = RankedTensorType::get({dynamic, planner::kRingItemColumns}, i32);
  auto list = RankedTensorType::get({dynamic}, i32);
  auto table = RingTableOp::create(b, TypeRange{items, list, list},
                                   attend.getSchedule(), attend.getStep());
  auto launch = RingLaunchOp::create(
      b, attend->getResultTypes(), attend.getInputs(), attend.getScale(),
      table.getItems(), table.getLists(), table.getPhases(),
      attend.getPartial(), attend.getO(), attend.getLse(), attend.getInitial(),
      attend.getCausal(), windowed, listed, schedule, /*room=*/IntegerAttr());
  attend->replaceAllUsesWith(launch);
  attend.erase();
  return success();
}
