//===- BuildLaunch.cpp - One launch of several attends --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/BuildLaunch.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace rdattn;

namespace {
/// Builds the plan and the launch of one fusion.
class LaunchBuilder {
public:
  LaunchBuilder(const Fusion &fusion, ArrayRef<planner::BranchClasses> planned,
                ScheduleAttrInterface schedule)
      : fusion(fusion), first(fusion.first()), planned(planned),
        schedule(schedule), b(fusion.root->getLoc(), fusion.root) {}

  void build();

private:
  PlanOp plan(bool isolated);
  bool isolatesRows();
  Value destination(Value result);
  Epilogue epilogue();

  const Fusion &fusion;
  AttendOp first;
  ArrayRef<planner::BranchClasses> planned; ///< as the planner sees them
  ScheduleAttrInterface schedule;
  ImplicitLocOpBuilder b;
};
} // namespace

/// Whether the table may have rows that see themselves alone: those that the
/// classes name, and those that a dynamic S may leave.
bool LaunchBuilder::isolatesRows() {
  bool mayCut =
      schedule.isolatesRows() && first.getQ().getType().isDynamicDim(1);
  return planner::anyGroup(planned, [&](const planner::ClassGroup &group) {
    return (group.window && *group.window == 1) || (mayCut && group.stride > 1);
  });
}

PlanOp LaunchBuilder::plan(bool isolated) {
  Type i32 = b.getI32Type();
  int64_t dynamic = ShapedType::kDynamic;
  auto items = RankedTensorType::get({dynamic, planner::kWorkItemColumns}, i32);
  auto rows = RankedTensorType::get({dynamic}, i32);
  auto phases =
      RankedTensorType::get({int64_t(fusion.attends.size()) + 1}, i32);
  return PlanOp::create(
      b, TypeRange{items, rows, phases}, dimensionOf(b, first.getQ(), 0),
      dimensionOf(b, first.getQ(), 1), dimensionOf(b, first.getQ(), 2),
      dimensionOf(b, first.getK(), 2), first.getCausal(),
      schedule.getItemQueries(), schedule.getItemOrder(),
      schedule.getItemGroup(), !schedule.takesRuns(),
      !schedule.isolatesRows() && !isolated, classesOf(fusion));
}

/// Each result is [B,S,H,Dv] or [B,H,S]; dynamic sizes come from the inputs.
Value LaunchBuilder::destination(Value result) {
  auto type = cast<RankedTensorType>(result.getType());
  SmallVector<Value> inputs{first.getQ(), first.getQ(), first.getQ(),
                            first.getV()};
  SmallVector<int64_t> dimensions{0, 1, 2, 3};
  if (type.getRank() == 3)
    dimensions = {0, 2, 1};
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(tensor::DimOp::create(b, inputs[i], dimensions[i]));
  return tensor::EmptyOp::create(b, type, sizes);
}

Epilogue LaunchBuilder::epilogue() {
  if (fusion.attends.size() > 1)
    return Epilogue::Merge;
  bool complete = planner::coversAllRows(first.getClasses().getBranchClasses());
  return complete ? Epilogue::Store : Epilogue::Fill;
}

void LaunchBuilder::build() {
  Value o = fusion.root->getResult(0), lse = fusion.root->getResult(1);
  bool isolated = isolatesRows();
  PlanOp table = plan(isolated);
  bool gathered = planner::anyGroup(planned, planner::isGathered);
  bool windowed =
      planner::anyGroup(planned, [](const planner::ClassGroup &group) {
        return group.window && *group.window > 1;
      });
  SmallVector<Value> results{o};
  if (!lse.use_empty())
    results.push_back(lse);
  SmallVector<Type> types(ValueRange(results).getTypes());
  Value oInit = destination(o);
  Value lseInit = lse.use_empty() ? Value() : destination(lse);
  auto launch = LaunchOp::create(
      b, types, first.getQ(), first.getK(), first.getV(), scaleOf(b, fusion),
      table.getItems(), table.getRows(), table.getPhases(), oInit, lseInit,
      first.getCausal(), gathered, windowed, isolated, epilogue(), schedule);
  for (auto [result, replacement] : llvm::zip(results, launch.getResults()))
    result.replaceAllUsesWith(replacement);
}

void rdattn::buildLaunch(const Fusion &fusion,
                         ArrayRef<planner::BranchClasses> planned,
                         ScheduleAttrInterface schedule) {
  LaunchBuilder(fusion, planned, schedule).build();
}
