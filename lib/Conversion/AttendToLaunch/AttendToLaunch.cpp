//===- AttendToLaunch.cpp - Fuse attends and their merge into one launch --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cmath>

namespace rdattn {
#define GEN_PASS_DEF_CONVERTATTENDTOLAUNCH
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// The classes of an attend after the rewrites that the planner makes, which
/// may isolate rows.
static planner::BranchClasses plannedClasses(AttendOp attend) {
  planner::BranchClasses branch = attend.getClasses().getBranchClasses();
  int64_t tokens = attend.getQ().getType().getDimSize(1);
  if (ShapedType::isStatic(tokens))
    planner::clipGroups(branch, tokens);
  planner::simplify(branch);
  return branch;
}

namespace {
/// The attends that one launch computes, and the op whose results it replaces.
struct Fusion {
  Operation *root;
  SmallVector<AttendOp> attends;
};

/// Builds the plan and the launch of one fusion.
class LaunchBuilder {
public:
  LaunchBuilder(const Fusion &fusion, const TargetCPU &cpu)
      : fusion(fusion), first(fusion.attends.front()), cpu(cpu),
        b(fusion.root->getLoc(), fusion.root) {
    for (AttendOp attend : fusion.attends)
      planned.push_back(plannedClasses(attend));
  }

  void build();

private:
  Value scale();
  Value dim(Value tensor, int64_t dimension);
  PlanOp plan(CPUScheduleAttr schedule);
  Value destination(Value result);
  Epilogue epilogue();
  bool any(function_ref<bool(const planner::ClassGroup &)> predicate);

  const Fusion &fusion;
  AttendOp first;
  SmallVector<planner::BranchClasses> planned; ///< as the planner sees them
  const TargetCPU &cpu;
  ImplicitLocOpBuilder b;
};
} // namespace

Value LaunchBuilder::scale() {
  if (Value scale = first.getScale())
    return scale;
  float value = 1 / std::sqrt(float(first.getQ().getType().getDimSize(3)));
  if (auto given = first.getScaleValueAttr())
    value = given.getValue().convertToFloat();
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

Value LaunchBuilder::dim(Value tensor, int64_t dimension) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dimension))
    return arith::ConstantIndexOp::create(b, type.getDimSize(dimension));
  return tensor::DimOp::create(b, tensor, dimension);
}

PlanOp LaunchBuilder::plan(CPUScheduleAttr schedule) {
  SmallVector<Attribute> branches;
  for (AttendOp attend : fusion.attends)
    branches.push_back(attend.getClasses());
  Type i32 = b.getI32Type();
  int64_t dynamic = ShapedType::kDynamic;
  auto items = RankedTensorType::get({dynamic, planner::kWorkItemColumns}, i32);
  auto rows = RankedTensorType::get({dynamic}, i32);
  auto phases = RankedTensorType::get({int64_t(branches.size()) + 1}, i32);
  return PlanOp::create(b, TypeRange{items, rows, phases}, dim(first.getQ(), 0),
                        dim(first.getQ(), 1), dim(first.getQ(), 2),
                        dim(first.getK(), 2), first.getCausal(),
                        schedule.getItemQueries(), schedule.getItemOrder(),
                        schedule.getItemGroup(), b.getArrayAttr(branches));
}

bool LaunchBuilder::any(
    function_ref<bool(const planner::ClassGroup &)> predicate) {
  return llvm::any_of(planned, [&](const planner::BranchClasses &branch) {
    return llvm::any_of(branch.groups, predicate);
  });
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
  auto schedule = defaultCPUSchedule(
      b.getContext(), cpu, first.getQ().getType().getDimSize(3),
      first.getV().getType().getDimSize(3), first.getCausal());
  PlanOp table = plan(schedule);
  bool gathered = any([](const planner::ClassGroup &group) {
    return group.access == planner::Access::Gathered;
  });
  bool windowed = any([](const planner::ClassGroup &group) {
    return group.window && *group.window > 1;
  });
  // A dynamic S may leave a class with rows that see themselves alone.
  bool isDynamic = first.getQ().getType().isDynamicDim(1);
  bool isolated = any([&](const planner::ClassGroup &group) {
    return (group.window && *group.window == 1) ||
           (isDynamic && group.stride > 1);
  });
  SmallVector<Value> results{o};
  if (!lse.use_empty())
    results.push_back(lse);
  SmallVector<Type> types(ValueRange(results).getTypes());
  Value oInit = destination(o);
  Value lseInit = lse.use_empty() ? Value() : destination(lse);
  auto launch = LaunchOp::create(
      b, types, first.getQ(), first.getK(), first.getV(), scale(),
      table.getItems(), table.getRows(), table.getPhases(), oInit, lseInit,
      first.getCausal(), gathered, windowed, isolated, epilogue(), schedule);
  for (auto [result, replacement] : llvm::zip(results, launch.getResults()))
    result.replaceAllUsesWith(replacement);
}

/// The attends of a merge, where all read the same tensors in the same way.
static FailureOr<Fusion> fuseMerge(MergeOp merge) {
  Fusion fusion{merge, {}};
  for (auto [o, lse] : llvm::zip(merge.getPartials(), merge.getPartialLses())) {
    auto attend = o.getDefiningOp<AttendOp>();
    if (!attend || attend.getLse() != lse)
      return failure();
    fusion.attends.push_back(attend);
  }
  AttendOp first = fusion.attends.front();
  for (AttendOp attend : fusion.attends)
    if (attend.getOperands() != first.getOperands() ||
        attend.getScaleValueAttr() != first.getScaleValueAttr() ||
        attend.getCausal() != first.getCausal())
      return failure();
  return fusion;
}

/// A launch writes o in the element type of its inputs; f32 partials of others
/// exist inside it only.
static LogicalResult checkElementType(const Fusion &fusion) {
  AttendOp first = fusion.attends.front();
  Type expected = first.getQ().getType().getElementType();
  Type given =
      cast<ShapedType>(fusion.root->getResult(0).getType()).getElementType();
  if (given == expected)
    return success();
  return fusion.root->emitOpError()
         << "must give o in the element type of q, k and v to become a launch: "
         << expected << ", not " << given;
}

namespace {
struct ConvertAttendToLaunch
    : rdattn::impl::ConvertAttendToLaunchBase<ConvertAttendToLaunch> {
  using ConvertAttendToLaunchBase::ConvertAttendToLaunchBase;

  void runOnOperation() override {
    llvm::Expected<TargetCPU> target = resolveCPU(cpu);
    if (!target) {
      getOperation().emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    SmallVector<MergeOp> merges;
    getOperation().walk([&](MergeOp merge) { merges.push_back(merge); });
    for (MergeOp merge : merges) {
      FailureOr<Fusion> fusion = fuseMerge(merge);
      if (failed(fusion)) {
        merge.emitOpError(
            "must merge `rdattn.attend`s of the same q, k, v, scale "
            "and causal to become one launch");
        return signalPassFailure();
      }
      if (failed(checkElementType(*fusion)))
        return signalPassFailure();
      LaunchBuilder(*fusion, *target).build();
      merge.erase();
    }
    SmallVector<AttendOp> attends;
    getOperation().walk([&](AttendOp attend) { attends.push_back(attend); });
    for (AttendOp attend : attends) {
      Fusion fusion{attend, {attend}};
      if (!attend->use_empty()) {
        if (failed(checkElementType(fusion)))
          return signalPassFailure();
        LaunchBuilder(fusion, *target).build();
      }
      attend.erase();
    }
  }
};
} // namespace
