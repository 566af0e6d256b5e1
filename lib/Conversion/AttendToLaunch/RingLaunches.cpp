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
static LogicalResult setTile(RingPlanOp plan, CPUScheduleAttr schedule) {
  Builder b(plan.getContext());
  auto queries = b.getI64IntegerAttr(schedule.getItemQueries());
  auto order = TileOrderAttr::get(plan.getContext(), schedule.getItemOrder());
  if ((plan.getQueriesAttr() && plan.getQueriesAttr() != queries) ||
      (plan.getOrderAttr() && plan.getOrderAttr() != order))
    return plan.emitOpError()
           << "has tables for another schedule than " << schedule;
  plan.setQueriesAttr(queries);
  plan.setOrderAttr(order);
  return success();
}

LogicalResult rdattn::launchStep(RingAttendOp attend, const TargetCPU &cpu) {
  auto plan = attend.getSchedule().getDefiningOp<RingPlanOp>();
  if (!plan)
    return attend.emitOpError("needs the `rdattn.ring.plan` of its schedule to "
                              "become a launch");
  auto q = cast<ShapedType>(attend.getInputs()[0].getType());
  auto v = cast<ShapedType>(attend.getInputs()[2].getType());
  CPUScheduleAttr schedule =
      defaultCPUSchedule(attend.getContext(), cpu, q.getDimSize(3),
                         v.getDimSize(3), attend.getCausal());
  if (failed(setTile(plan, schedule)))
    return failure();
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
      attend.getPartial(), attend.getInitial(), schedule);
  attend->replaceAllUsesWith(launch);
  attend.erase();
  return success();
}
