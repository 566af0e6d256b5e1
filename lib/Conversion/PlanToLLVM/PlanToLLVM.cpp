//===- PlanToLLVM.cpp - Plans become calls of the runtime's planner -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTPLANTOLLVM
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

static void lowerPlan(PlanOp plan) {
  ImplicitLocOpBuilder b(plan.getLoc(), plan);
  std::vector<int64_t> words = planner::serialize(plan.getSpec());
  Value count = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(words.size()));
  Value call = currentCall(b);
  SmallVector<Value> arguments{call, embedWords(b, words), count};
  for (Value size : plan.getOperands())
    arguments.push_back(arith::IndexCastOp::create(b, b.getI64Type(), size));
  plan->replaceAllUsesWith(
      callForMemrefs(b, "rdattn_plan", arguments, plan->getResultTypes()));
  plan.erase();
}

namespace {
struct ConvertPlanToLLVM
    : rdattn::impl::ConvertPlanToLLVMBase<ConvertPlanToLLVM> {
  void runOnOperation() override {
    SmallVector<PlanOp> plans;
    getOperation()->walk([&](PlanOp op) { plans.push_back(op); });
    for (PlanOp plan : plans) {
      if (!isa<MemRefType>(plan.getItems().getType())) {
        plan.emitOpError("must be on memrefs to become a call; bufferise it "
                         "first");
        return signalPassFailure();
      }
      lowerPlan(plan);
    }
  }
};
} // namespace
