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

namespace {
struct OutlinePlans : rdattn::impl::OutlinePlansBase<OutlinePlans> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<PlanOp> plans(function.getOps<PlanOp>());
    if (plans.empty())
      return;
    if (plans.size() > 1) {
      plans[1].emitOpError("is the function's second plan; only one can become "
                           "its arguments");
      return signalPassFailure();
    }
    PlanOp plan = plans.front();
    std::vector<int64_t> words = planner::serialize(plan.getSpec());
    Builder b(function);
    function->setAttr("rdattn.plan_spec", b.getDenseI64ArrayAttr(words));
    for (Value table : plan.getResults()) {
      // Every length is dynamic, so that the kernel is the same for any number
      // of branches.
      SmallVector<int64_t> shape(cast<ShapedType>(table.getType()).getShape());
      shape[0] = ShapedType::kDynamic;
      auto type = RankedTensorType::get(shape, b.getI32Type());
      unsigned index = function.getNumArguments();
      if (failed(function.insertArgument(index, type, {}, plan.getLoc())))
        return signalPassFailure();
      table.replaceAllUsesWith(function.getArgument(index));
    }
    plan.erase();
  }
};
} // namespace
