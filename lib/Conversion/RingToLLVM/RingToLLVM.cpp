//===- RingToLLVM.cpp - Rings as calls of the runtime ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Transforms/DialectConversion.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTRINGTOLLVM
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

/// Handles are pointers; a transfer is the number of its step.
static TypeConverter ringTypes(MLIRContext *context) {
  TypeConverter types;
  types.addConversion([](Type type) { return type; });
  Type pointer = LLVM::LLVMPointerType::get(context);
  types.addConversion([=](RingType) { return pointer; });
  types.addConversion([=](RingScheduleType) { return pointer; });
  types.addConversion(
      [=](TransferType) -> Type { return IntegerType::get(context, 64); });
  // What names kernels keeps its types until these are code.
  auto cast = [](OpBuilder &b, Type type, ValueRange values, Location loc) {
    return UnrealizedConversionCastOp::create(b, loc, type, values)
        .getResult(0);
  };
  types.addSourceMaterialization(cast);
  types.addTargetMaterialization(cast);
  return types;
}

static Value toI64(ImplicitLocOpBuilder &b, Value index) {
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

namespace {
template <typename Op> struct Lowering : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

protected:
  static ImplicitLocOpBuilder builder(Op op,
                                      ConversionPatternRewriter &rewriter) {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter.getContext());
    b.setListener(rewriter.getListener());
    b.setInsertionPoint(op);
    return b;
  }
};

struct PlanLowering : Lowering<RingPlanOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingPlanOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getQueriesAttr())
      return op.emitOpError("needs the tile of a launch, which "
                            "convert-rdattn-attend-to-launch gives it");
    ImplicitLocOpBuilder b = builder(op, rewriter);
    checkRing(op, adaptor.getRing(), b);
    std::vector<int64_t> words = planner::serialize(op.getSpec());
    Value count =
        LLVM::ConstantOp::create(b, b.getI64IntegerAttr(words.size()));
    SmallVector<Value> arguments{currentCall(b), adaptor.getRing(),
                                 embedWords(b, words), count};
    for (Value size : {adaptor.getBatch(), adaptor.getRows(),
                       adaptor.getHeads(), adaptor.getKvHeads()})
      arguments.push_back(toI64(b, size));
    Type pointer = LLVM::LLVMPointerType::get(b.getContext());
    rewriter.replaceOp(op,
                       callRuntime(b, "rdattn_ring_plan", pointer, arguments));
    return success();
  }

private:
  static void checkRing(RingPlanOp op, Value ring, ImplicitLocOpBuilder &b);
};

/// What is static in the ring's type must be so when it runs.
void PlanLowering::checkRing(RingPlanOp op, Value ring,
                             ImplicitLocOpBuilder &b) {
  RingType type = op.getRing().getType();
  auto count = [&](int64_t count) -> Value {
    int64_t value = ShapedType::isDynamic(count) ? -1 : count;
    return LLVM::ConstantOp::create(b, b.getI64IntegerAttr(value));
  };
  if (ShapedType::isStatic(type.getSize()) ||
      ShapedType::isStatic(type.getTokens()))
    callRuntime(
        b, "rdattn_ring_check", Type(),
        {currentCall(b), ring, count(type.getSize()), count(type.getTokens())});
}

/// An index that the runtime gives.
static Value callForIndex(ImplicitLocOpBuilder &b, StringRef name,
                          ValueRange arguments) {
  Value count = callRuntime(b, name, b.getI64Type(), arguments);
  return arith::IndexCastOp::create(b, b.getIndexType(), count);
}

struct StepsLowering : Lowering<RingStepsOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingStepsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    rewriter.replaceOp(
        op, callForIndex(b, "rdattn_ring_steps", adaptor.getSchedule()));
    return success();
  }
};

struct RankLowering : Lowering<RingRankOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingRankOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    Value size = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(op.getSize()));
    rewriter.replaceOp(op, callForIndex(b, "rdattn_schedule_rank",
                                        {adaptor.getSchedule(), size}));
    return success();
  }
};

struct PartialLowering : Lowering<RingPartialOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingPartialOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    rewriter.replaceOp(op, callForMemrefs(b, "rdattn_ring_partial",
                                          {adaptor.getSchedule()},
                                          op->getResultTypes()));
    return success();
  }
};

struct TableLowering : Lowering<RingTableOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingTableOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    Value step = toI64(b, adaptor.getStep());
    rewriter.replaceOp(op, callForMemrefs(b, "rdattn_ring_table",
                                          {adaptor.getSchedule(), step},
                                          op->getResultTypes()));
    return success();
  }
};

struct PostLowering : Lowering<RingPostOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingPostOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    Value step = toI64(b, adaptor.getStep());
    SmallVector<Value> arguments{adaptor.getSchedule(), step};
    for (Value rows : {adaptor.getK(), adaptor.getV()})
      arguments.push_back(passMemref(b, rows));
    callRuntime(b, "rdattn_ring_post", Type(), arguments);
    rewriter.replaceOp(op, step);
    return success();
  }
};

struct WaitLowering : Lowering<RingWaitOp> {
  using Lowering::Lowering;
  LogicalResult
  matchAndRewrite(RingWaitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b = builder(op, rewriter);
    rewriter.replaceOp(
        op, callForMemrefs(b, "rdattn_ring_wait",
                           {adaptor.getSchedule(), adaptor.getTransfer()},
                           op->getResultTypes()));
    return success();
  }
};

struct ConvertRingToLLVM
    : rdattn::impl::ConvertRingToLLVMBase<ConvertRingToLLVM> {
  void runOnOperation() override {
    TypeConverter types = ringTypes(&getContext());
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([&](Operation *op) {
      return types.isLegal(op->getOperandTypes()) &&
             types.isLegal(op->getResultTypes());
    });
    target.addLegalOp<RingPostDispatchOp>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
      return types.isSignatureLegal(function.getFunctionType()) &&
             types.isLegal(&function.getBody());
    });
    RewritePatternSet patterns(&getContext());
    patterns.add<PlanLowering, StepsLowering, RankLowering, PartialLowering,
                 TableLowering, PostLowering, WaitLowering>(types,
                                                            &getContext());
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   types);
    scf::populateSCFStructuralTypeConversionsAndLegality(types, patterns,
                                                         target);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
