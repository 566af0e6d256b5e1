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

/// A default schedule with `fields` set, where the launch fits it.
template <typename Schedule>
static FailureOr<ScheduleAttrInterface>
fitted(const Fusion &fusion, Schedule schedule, StringRef fields) {
  auto emitError = [&] { return fusion.root->emitError(); };
  FailureOr<Schedule> set = setFields(schedule, fields, emitError);
  if (failed(set) ||
      failed(set->verifyLaunch(emitError, fusion.headDim(), fusion.valueDim(),
                               fusion.elementType())))
    return failure();
  return ScheduleAttrInterface(*set);
}

/// The schedule of a fusion for Ampere and later GPUs, or the error that says
/// why there is none.
static FailureOr<ScheduleAttrInterface> scheduleForSM80(const Fusion &fusion,
                                                        StringRef fields) {
  auto schedule = defaultSM80Schedule(
      fusion.root->getContext(), fusion.headDim(), fusion.valueDim(),
      fusion.elementType(), fusion.first().getCausal());
  return fitted(fusion, schedule, fields);
}

/// The same for a Hopper GPU, whose own products have no f32.
static FailureOr<ScheduleAttrInterface>
scheduleForSM90(const Fusion &fusion, ArrayRef<planner::BranchClasses> planned,
                StringRef fields) {
  if (fusion.elementType().isF32())
    return scheduleForSM80(fusion, fields);
  auto schedule = defaultSM90Schedule(fusion.root->getContext(),
                                      fusion.headDim(), fusion.valueDim(),
                                      fusion.first().getCausal(), planned);
  return fitted(fusion, schedule, fields);
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
  scheduleFor(const Fusion &fusion, ArrayRef<planner::BranchClasses> planned);
  LogicalResult launch(const Fusion &fusion);
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
ConvertAttendToLaunch::scheduleFor(const Fusion &fusion,
                                   ArrayRef<planner::BranchClasses> planned) {
  if (isForSM80())
    return scheduleForSM80(fusion, schedule);
  if (!isForCPU())
    return scheduleForSM90(fusion, planned, schedule);
  return ScheduleAttrInterface(
      defaultCPUSchedule(&getContext(), *resolvedCPU, fusion.headDim(),
                         fusion.valueDim(), fusion.first().getCausal()));
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
  auto schedule = scheduleFor(fusion, planned);
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

LogicalResult ConvertAttendToLaunch::launchSteps() {
  SmallVector<RingAttendOp> steps;
  getOperation().walk([&](RingAttendOp step) { steps.push_back(step); });
  for (RingAttendOp step : steps) {
    if (!isForCPU())
      return step.emitOpError("runs on target cpu so far: rings of GPUs are "
                              "not built yet");
    if (failed(launchStep(step, *resolvedCPU)))
      return failure();
  }
  return success();
}
