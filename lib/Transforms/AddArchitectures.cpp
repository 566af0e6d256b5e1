//===- AddArchitectures.cpp - A function for each kind of GPU -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Transforms/Passes.h"

#include "mlir/IR/SymbolTable.h"

namespace rdattn {
#define GEN_PASS_DEF_ADDARCHITECTURES
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// Whether there are kernels for Hopper alone: of f32 the others serve it too.
static bool hasOwnKernels(func::FuncOp function) {
  auto isFloat = [](Value q) {
    return cast<ShapedType>(q.getType()).getElementType().isF32();
  };
  WalkResult result = function.walk([&](Operation *op) {
    auto attend = dyn_cast<AttendOp>(op);
    auto step = dyn_cast<RingAttendOp>(op);
    bool isOther = (attend && !isFloat(attend.getQ())) ||
                   (step && !isFloat(step.getInputs()[0]));
    return isOther ? WalkResult::interrupt() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

namespace {
struct AddArchitectures : rdattn::impl::AddArchitecturesBase<AddArchitectures> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto functions = llvm::to_vector(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (function.isPublic() && hasOwnKernels(function) &&
          !function->hasAttr("rdattn.architecture"))
        addTo(function, symbols);
  }

private:
  void addTo(func::FuncOp function, SymbolTable &symbols);
};
} // namespace

void AddArchitectures::addTo(func::FuncOp function, SymbolTable &symbols) {
  Builder b(&getContext());
  func::FuncOp other = function.clone();
  function->setAttr("rdattn.architecture", b.getStringAttr("sm_90a"));
  other->setAttr("rdattn.architecture", b.getStringAttr("sm_80"));
  other->setAttr("rdattn.alternative_of", function.getNameAttr());
  other.setName((function.getName() + "_sm80").str());
  symbols.insert(other, std::next(function->getIterator()));
}
