//===- DispatchToLLVM.cpp - Dispatches become calls of the runtime --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/DispatchToLLVM/CudaProgram.h"
#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/Passes.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTDISPATCHTOLLVM
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// A pointer to the descriptor of `memref`.
static Value pass(ImplicitLocOpBuilder &b, Value memref) {
  Value descriptor = descriptorOf(b, memref);
  Value pointer = allocateOnStack(b, descriptor.getType());
  LLVM::StoreOp::create(b, descriptor, pointer);
  return pointer;
}

static void lowerDispatch(DispatchOp op, LLVM::GlobalOp program) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Value address = LLVM::AddressOfOp::create(b, program);
  SmallVector<Value> arguments{currentCall(b), address, op.getScale()};
  for (Value operand : op->getOperands())
    if (isa<MemRefType>(operand.getType()))
      arguments.push_back(pass(b, operand));
  if (!op.getLse())
    arguments.push_back(LLVM::ZeroOp::create(b, address.getType()));
  callRuntime(b, "rdattn_cuda_launch", Type(), arguments);
  op.erase();
}

namespace {
struct ConvertDispatchToLLVM
    : rdattn::impl::ConvertDispatchToLLVMBase<ConvertDispatchToLLVM> {
  void runOnOperation() override {
    SmallVector<DispatchOp> dispatches;
    getOperation()->walk([&](DispatchOp op) { dispatches.push_back(op); });
    CudaPrograms programs(getOperation());
    for (DispatchOp dispatch : dispatches) {
      FailureOr<LLVM::GlobalOp> program = programs.programOf(dispatch);
      if (failed(program))
        return signalPassFailure();
      lowerDispatch(dispatch, *program);
    }
    for (auto binary :
         llvm::make_early_inc_range(getOperation().getOps<gpu::BinaryOp>()))
      binary.erase();
  }
};
} // namespace
