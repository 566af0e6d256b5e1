//===- OutlinePlans.cpp - Take plans as arguments -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Transforms/Passes.h"

namespace rdattn {
#define GEN_PASS_DEF_OUTLINEPLANS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// What the runtime plans of `words` becomes the function's arguments.
static LogicalResult outline(func::FuncOp function, PlanOp plan) {
  for (Value table : plan.getResults()) {
    // Every length is dynamic, so that the kernel is the same for any number of
    // branches.
    SmallVector<int64_t> shape(cast<ShapedType>(table.getType()).getShape());
    shape[0] = ShapedType::kDynamic;
    auto type = RankedTensorType::get(
        shape, IntegerType::get(function.getContext(), 32));
    unsigned index = function.getNumArguments();
    if (failed(function.insertArgument(index, type, {}, plan.getLoc())))
      return failure();
    table.replaceAllUsesWith(function.getArgument(index));
  }
  plan.erase();
  return success();
}

/// The schedule takes the place of the ring, of which nothing else is asked.
static LogicalResult outline(func::FuncOp function, RingPlanOp plan) {
  auto ring = dyn_cast<BlockArgument>(plan.getRing());
  if (!ring || !ring.hasOneUse() || ring.getOwner() != &function.front())
    return plan.emitOpError("must be on a ring that is the function's argument "
                            "and has no other use");
  unsigned index = ring.getArgNumber();
  if (failed(function.insertArgument(index + 1, plan.getType(), {},
                                     plan.getLoc())))
    return failure();
  plan.getSchedule().replaceAllUsesWith(function.getArgument(index + 1));
  plan.erase();
  return function.eraseArgument(index);
}

template <typename Plan> static LogicalResult outlinePlans(func::FuncOp f) {
  SmallVector<Plan> plans(f.getOps<Plan>());
  if (plans.empty())
    return success();
  if (plans.size() > 1)
    return plans[1].emitOpError("is the function's second plan; only one can "
                                "become its arguments");
  std::vector<int64_t> words = planner::serialize(plans.front().getSpec());
  f->setAttr("rdattn.plan_spec", Builder(f).getDenseI64ArrayAttr(words));
  return outline(f, plans.front());
}

namespace {
struct OutlinePlans : rdattn::impl::OutlinePlansBase<OutlinePlans> {
  void runOnOperation() override {
    if (failed(outlinePlans<PlanOp>(getOperation())) ||
        failed(outlinePlans<RingPlanOp>(getOperation())))
      signalPassFailure();
  }
};
} // namespace
