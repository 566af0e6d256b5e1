//===- AttendToLaunch.cpp - Fuse attends and their merge into one launch --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToLaunch/BuildLaunch.h"
#include "lib/Conversion/AttendToLaunch/CPUSchedules.h"
#include "lib/Conversion/AttendToLaunch/GPUSchedules.h"
#include "lib/Conversion/AttendToLaunch/RingLaunches.h"
#include "lib/Conversion/AttendToLaunch/ScheduleFields.h"
#include "lib/Conversion/Passes.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTATTENDTOLAUNCH
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// The classes of an attend after the rewrites that the planner makes, which
/// may isolate rows; those that S alone leaves apart only where the schedule
/// wants it.
static planner::BranchClasses plannedClasses(AttendOp attend, bool isolates) {
  planner::BranchClasses branch = attend.getClasses().getBranchClasses();
  int64_t tokens = attend.getQ().getType().getDimSize(1);
  planner::simplify(branch);
  if (ShapedType::isStatic(tokens) && planner::clipGroups(branch, tokens))
    planner::simplify(branch, isolates);
  return branch;
}

namespace {
/// What a schedule is chosen for.
struct Shape {
  explicit Shape(const Fusion &fusion)
      : op(fusion.root), headDim(fusion.headDim()), valueDim(fusion.valueDim()),
        elementType(fusion.elementType()), causal(fusion.first().getCausal()) {}
  explicit Shape(RingAttendOp step)
      : op(step), headDim(typeOf(step, 0).getDimSize(3)),
        valueDim(typeOf(step, 2).getDimSize(3)),
        elementType(typeOf(step, 0).getElementType()),
        causal(step.getCausal()) {}

  Operation *op;
  int64_t headDim, valueDim;
  Type elementType;
  bool causal;

private:
  static ShapedType typeOf(RingAttendOp step, unsigned input) {
    return cast<ShapedType>(step.getInputs()[input].getType());
  }
};
} // namespace

/// A default schedule with `fields` set, where the launch fits it.
template <typename Schedule>
static FailureOr<ScheduleAttrInterface>
fitted(const Shape &shape, Schedule schedule, StringRef fields) {
  auto emitError = [&] { return shape.op->emitError(); };
  FailureOr<Schedule> set = setFields(schedule, fields, emitError);
  if (failed(set) ||
      failed(set->verifyLaunch(emitError, shape.headDim, shape.valueDim,
                               shape.elementType)))
    return failure();
  return ScheduleAttrInterface(*set);
}

/// The schedule for Ampere and later GPUs, or the error that says why there is
/// none.
static FailureOr<ScheduleAttrInterface> scheduleForSM80(const Shape &shape,
                                                        StringRef fields) {
  auto schedule =
      defaultSM80Schedule(shape.op->getContext(), shape.headDim, shape.valueDim,
                          shape.elementType, shape.causal);
  return fitted(shape, schedule, fields);
}

/// The same for a Hopper GPU, whose own products have no f32.
static FailureOr<ScheduleAttrInterface>
scheduleForSM90(const Shape &shape, ArrayRef<planner::BranchClasses> planned,
                StringRef fields) {
  if (shape.elementType.isF32())
    return scheduleForSM80(shape, fields);
  auto schedule = defaultSM90Schedule(shape.op->getContext(), shape.headDim,
                                      shape.valueDim, shape.causal, planned);
  return fitted(shape, schedule, fields);
}

namespace {
struct ConvertAttendToLaunch
    : rdattn::impl::ConvertAttendToLaunchBase<ConvertAttendToLaunch> {
  using ConvertAttendToLaunchBase::ConvertAttendToLaunchBase;

  void runOnOperation() override {
    if (failed(resolveTarget()) || failed(launchMerges()) ||
        failed(launchAttends()) || failed(launchSteps()))
      signalPassFailure();
  }

private:
  LogicalResult resolveTarget();
  bool isForSM80();
  FailureOr<ScheduleAttrInterface>
  scheduleFor(const Shape &shape, ArrayRef<planner::BranchClasses> planned);
  LogicalResult launch(const Fusion &fusion);
  LogicalResult launch(RingAttendOp step);
  LogicalResult launchMerges();
  LogicalResult launchAttends();
  LogicalResult launchSteps();

  bool isForCPU() const { return resolvedCPU.has_value(); }

  std::optional<TargetCPU> resolvedCPU; ///< set where the target is a CPU
};
} // namespace

LogicalResult ConvertAttendToLaunch::resolveTarget() {
  if (target == "cuda" || target == "cuda-sm90a" || target == "cuda-sm80")
    return success();
  if (target != "cpu")
    return getOperation().emitError()
           << "unknown target '" << target
           << "'; targets are cpu, cuda, cuda-sm90a and cuda-sm80";
  if (!schedule.empty())
    return getOperation().emitError("a schedule is set for target cuda; target "
                                    "cpu takes none");
  llvm::Expected<TargetCPU> resolved = resolveCPU(cpu);
  if (!resolved)
    return getOperation().emitError(llvm::toString(resolved.takeError()));
  resolvedCPU = *resolved;
  return success();
}

bool ConvertAttendToLaunch::isForSM80() {
  auto architecture =
      getOperation()->getAttrOfType<StringAttr>("rdattn.architecture");
  return target == "cuda-sm80" ||
         (target == "cuda" && architecture && architecture == "sm_80");
}

FailureOr<ScheduleAttrInterface>
ConvertAttendToLaunch::scheduleFor(const Shape &shape,
                                   ArrayRef<planner::BranchClasses> planned) {
  if (isForSM80())
    return scheduleForSM80(shape, schedule);
  if (!isForCPU())
    return scheduleForSM90(shape, planned, schedule);
  return ScheduleAttrInterface(defaultCPUSchedule(&getContext(), *resolvedCPU,
                                                  shape.headDim, shape.valueDim,
                                                  shape.causal));
}

LogicalResult ConvertAttendToLaunch::launch(const Fusion &fusion) {
  if (fusion.first().getRing())
    return fusion.root->emitOpError("is on a ring, whose steps "
                                    "convert-rdattn-attend-to-ring makes");
  if (failed(checkElementType(fusion)))
    return failure();
  SmallVector<planner::BranchClasses> planned;
  for (AttendOp attend : fusion.attends)
    planned.push_back(plannedClasses(attend, /*isolates=*/isForCPU()));
  auto schedule = scheduleFor(Shape(fusion), planned);
  if (failed(schedule))
    return failure();
  buildLaunch(fusion, planned, *schedule);
  return success();
}

LogicalResult ConvertAttendToLaunch::launchMerges() {
  SmallVector<MergeOp> merges;
  getOperation().walk([&](MergeOp merge) { merges.push_back(merge); });
  for (MergeOp merge : merges) {
    FailureOr<Fusion> fusion = fuseMerge(merge);
    if (failed(fusion) || failed(launch(*fusion)))
      return failure();
    merge.erase();
  }
  return success();
}

LogicalResult ConvertAttendToLaunch::launchAttends() {
  SmallVector<AttendOp> attends;
  getOperation().walk([&](AttendOp attend) { attends.push_back(attend); });
  for (AttendOp attend : attends) {
    if (!attend->use_empty() && failed(launch({attend, {attend}})))
      return failure();
    attend.erase();
  }
  return success();
}

LogicalResult ConvertAttendToLaunch::launch(RingAttendOp step) {
  auto plan = step.getSchedule().getDefiningOp<RingPlanOp>();
  if (!plan)
    return step.emitOpError("needs the `rdattn.ring.plan` of its schedule to "
                            "become a launch");
  auto schedule = scheduleFor(Shape(step), plan.getSpec().branches);
  if (failed(schedule))
    return failure();
  return launchStep(step, plan, *schedule);
}

LogicalResult ConvertAttendToLaunch::launchSteps() {
  SmallVector<RingAttendOp> steps;
  getOperation().walk([&](RingAttendOp step) { steps.push_back(step); });
  for (RingAttendOp step : steps)
    if (failed(launch(step)))
      return failure();
  return success();
}
