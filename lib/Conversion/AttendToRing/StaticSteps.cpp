//===- StaticSteps.cpp - How many steps a static ring has -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToRing/StaticSteps.h"

#include "lib/Planner/RingSchedule.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace rdattn;

/// A batch of any size moves alike, and so do heads; but a class that no head
/// computes moves nothing (S7), so that of an unknown number each head is taken
/// to compute all classes.
static planner::Sizes largestSizes(RingPlanOp plan, planner::PlanSpec &spec) {
  std::optional<int64_t> heads = getConstantIntValue(plan.getHeads());
  if (!heads)
    for (planner::BranchClasses &branch : spec.branches)
      branch.perHead = false;
  planner::Sizes sizes;
  sizes.batch = getConstantIntValue(plan.getBatch()).value_or(1);
  sizes.tokens = plan.getRing().getType().getTokens();
  sizes.heads = heads.value_or(1);
  sizes.kvHeads =
      heads ? getConstantIntValue(plan.getKvHeads()).value_or(*heads) : 1;
  return sizes;
}

FailureOr<std::optional<int64_t>> rdattn::countStaticSteps(RingPlanOp plan) {
  RingType type = plan.getRing().getType();
  if (ShapedType::isDynamic(type.getSize()) ||
      ShapedType::isDynamic(type.getTokens()))
    return std::optional<int64_t>();
  planner::PlanSpec spec = plan.getSpec();
  planner::Sizes sizes = largestSizes(plan, spec);
  planner::Ring ring{type.getSize(), *spec.ring};
  if (planner::Violation violation = planner::checkSizes(spec.branches, sizes))
    return plan.emitOpError(*violation);
  if (sizes.batch == 0 || sizes.tokens == 0 || sizes.heads == 0)
    return std::optional<int64_t>(1);
  int64_t steps =
      planner::RingPlanner(spec.branches, sizes, spec.options.causal, ring)
          .distances()
          .size();
  if (steps > kMaxExplicitSteps)
    return std::optional<int64_t>();
  return std::optional<int64_t>(steps);
}
