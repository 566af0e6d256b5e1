//===- DispatchToLLVM.cpp - Dispatches become calls of the runtime --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/DispatchToLLVM/CudaProgram.h"
#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTDISPATCHTOLLVM
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

static Value integer(ImplicitLocOpBuilder &b, int64_t value) {
  return LLVM::ConstantOp::create(b, b.getI64IntegerAttr(value));
}

/// Pointers to the descriptors of a dispatch's memrefs, where the last may be
/// an lse that it has not.
static void passMemrefs(ImplicitLocOpBuilder &b, Operation *op, bool hasLse,
                        SmallVector<Value> &arguments) {
  for (Value operand : op->getOperands())
    if (isa<MemRefType>(operand.getType()))
      arguments.push_back(passMemref(b, operand));
  if (!hasLse)
    arguments.push_back(
        LLVM::ZeroOp::create(b, LLVM::LLVMPointerType::get(b.getContext())));
}

static void lowerDispatch(DispatchOp op, Value program,
                          ImplicitLocOpBuilder &b) {
  SmallVector<Value> arguments{currentCall(b), program, op.getScale()};
  passMemrefs(b, op, bool(op.getLse()), arguments);
  callRuntime(b, "rdattn_cuda_launch", Type(), arguments);
}

static void lowerDispatch(RingDispatchOp op, Value program,
                          ImplicitLocOpBuilder &b) {
  SmallVector<Value> arguments{currentCall(b), program, op.getScale()};
  passMemrefs(b, op, bool(op.getLse()), arguments);
  arguments.push_back(integer(b, op.getInitial()));
  arguments.push_back(integer(b, op.getRoom()));
  callRuntime(b, "rdattn_cuda_ring_launch", Type(), arguments);
}

/// Its handles are what convert-rdattn-ring-to-llvm makes of all.
static void lowerDispatch(RingPostDispatchOp op, Value program,
                          ImplicitLocOpBuilder &b) {
  auto cast = [&](Type type, Value value) {
    return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
  };
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value step = arith::IndexCastOp::create(b, b.getI64Type(), op.getStep());
  callRuntime(b, "rdattn_cuda_ring_post", Type(),
              {cast(pointer, op.getSchedule()), step, program,
               passMemref(b, op.getK()), passMemref(b, op.getV())});
  op.replaceAllUsesWith(cast(op.getType(), step));
}

static void lowerDispatch(RingFinishDispatchOp op, Value program,
                          ImplicitLocOpBuilder &b) {
  SmallVector<Value> arguments{currentCall(b), program};
  passMemrefs(b, op, bool(op.getLse()), arguments);
  callRuntime(b, "rdattn_cuda_ring_finish", Type(), arguments);
}

namespace {
struct ConvertDispatchToLLVM
    : rdattn::impl::ConvertDispatchToLLVMBase<ConvertDispatchToLLVM> {
  void runOnOperation() override {
    CudaPrograms programs(getOperation());
    if (failed(lowerAll<DispatchOp>(programs)) ||
        failed(lowerAll<RingDispatchOp>(programs)) ||
        failed(lowerAll<RingPostDispatchOp>(programs)) ||
        failed(lowerAll<RingFinishDispatchOp>(programs)))
      return signalPassFailure();
    for (auto binary :
         llvm::make_early_inc_range(getOperation().getOps<gpu::BinaryOp>()))
      binary.erase();
  }

private:
  template <typename Op> LogicalResult lowerAll(CudaPrograms &programs) {
    SmallVector<Op> ops;
    getOperation()->walk([&](Op op) { ops.push_back(op); });
    for (Op op : ops) {
      FailureOr<LLVM::GlobalOp> program = programs.programOf(op);
      if (failed(program))
        return failure();
      ImplicitLocOpBuilder b(op.getLoc(), op);
      lowerDispatch(op, LLVM::AddressOfOp::create(b, *program), b);
      op.erase();
    }
    return success();
  }
};
} // namespace
