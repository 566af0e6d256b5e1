//===- EmbedPlans.cpp - Plan constant sizes at compile time ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Transforms/EmbedRingTables.h"
#include "lib/Transforms/EmbeddedTable.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {
#define GEN_PASS_DEF_EMBEDPLANS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// The sizes of the plan, where all are constants.
static std::optional<planner::Sizes> constantSizes(PlanOp plan) {
  SmallVector<int64_t> sizes;
  for (Value operand : plan.getOperands()) {
    auto value = getConstantIntValue(operand);
    if (!value)
      return std::nullopt;
    sizes.push_back(*value);
  }
  return planner::Sizes{sizes[0], sizes[1], sizes[2], sizes[3]};
}

/// The most words of tables that a module carries: 64 MiB.
static constexpr int64_t kMaxEmbeddedWords = int64_t(1) << 24;

/// Larger tables are left to the runtime, which plans them once as well.
static bool isEmbeddable(const planner::PlanSpec &spec,
                         const planner::Sizes &sizes) {
  int64_t items =
      planner::estimateCost(spec.branches, sizes, spec.options, 0, 0, 0).items;
  if (items > kMaxEmbeddedWords / planner::kWorkItemColumns)
    return false;
  int64_t left = kMaxEmbeddedWords - items * planner::kWorkItemColumns;
  for (const planner::BranchClasses &branch : spec.branches) {
    bool lists = llvm::any_of(branch.groups, planner::isGathered);
    left -= lists ? sizes.tokens : 0; // at most: each token in one row list
    if (left < 0)
      return false;
  }
  return true;
}

static LogicalResult embed(PlanOp plan, const planner::Sizes &sizes) {
  planner::PlanSpec spec = plan.getSpec();
  if (planner::Violation violation =
          planner::checkSizes(spec.branches, sizes, spec.options))
    return plan.emitOpError(*violation);
  if (!isEmbeddable(spec, sizes))
    return success();

  planner::Plan table = planner::makePlan(spec.branches, sizes, spec.options);
  ImplicitLocOpBuilder b(plan.getLoc(), plan);
  auto *words = reinterpret_cast<const int32_t *>(table.items.data());
  int64_t count = table.items.size(), columns = planner::kWorkItemColumns;
  replaceTable(b, plan.getItems(),
               tableOf(b, {count, columns}, {words, size_t(count * columns)}));
  auto replaceList = [&](Value list, ArrayRef<int32_t> values) {
    replaceTable(b, list, tableOf(b, {int64_t(values.size())}, values));
  };
  replaceList(plan.getRows(), table.rowList);
  replaceList(plan.getPhases(), table.phases);
  plan.erase();
  return success();
}

namespace {
struct EmbedPlans : rdattn::impl::EmbedPlansBase<EmbedPlans> {
  void runOnOperation() override {
    SmallVector<PlanOp> plans;
    getOperation().walk([&](PlanOp plan) {
      if (isa<TensorType>(plan.getItems().getType()))
        plans.push_back(plan);
    });
    for (PlanOp plan : plans)
      if (auto sizes = constantSizes(plan);
          sizes && failed(embed(plan, *sizes)))
        return signalPassFailure();
    SmallVector<RingPlanOp> rings;
    getOperation().walk([&](RingPlanOp plan) { rings.push_back(plan); });
    for (RingPlanOp plan : rings)
      if (failed(embedRingTables(plan)))
        return signalPassFailure();
  }
};
} // namespace
