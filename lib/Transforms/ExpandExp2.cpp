//===- ExpandExp2.cpp - Vector exp2 as arithmetic -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace rdattn {
#define GEN_PASS_DEF_EXPANDEXP2
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;

// p(f) = 2^f on [-1/2, 1/2]: the minimax of degree 6 in relative error among
// those with p(0) = 1, so that whole powers of two are exact.
static constexpr float kCoefficients[] = {0x1.41fbbcp-13f,
                                          0x1.5f3e54p-10f,
                                          0x1.3b2d4cp-7f,
                                          0x1.c6aee8p-5f,
                                          0x1.ebfbdcp-3f,
                                          0x1.62e43p-1f,
                                          1.0f};

// Adding it leaves round(x) in the lowest mantissa bits.
static constexpr float kRounder = 0x1.8p23f;

namespace {
struct ExpandVectorExp2 : OpRewritePattern<math::Exp2Op> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::Exp2Op op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || !type.getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "not a vector of f32");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, expand(b, type, op.getOperand()));
    return success();
  }

private:
  static Value splat(ImplicitLocOpBuilder &b, VectorType type, float value) {
    auto element = b.getF32FloatAttr(value);
    return arith::ConstantOp::create(b, SplatElementsAttr::get(type, element));
  }

  /// x within [-127, 128], where the exponent below does not overflow; the
  /// comparisons are false for NaN, which stays.
  static Value clamp(ImplicitLocOpBuilder &b, VectorType type, Value x) {
    auto bound = [&](arith::CmpFPredicate beyond, float limit) {
      Value edge = splat(b, type, limit);
      Value out = arith::CmpFOp::create(b, beyond, edge, x);
      x = arith::SelectOp::create(b, out, edge, x);
    };
    bound(arith::CmpFPredicate::OGT, -127.0f);
    bound(arith::CmpFPredicate::OLT, 128.0f);
    return x;
  }

  static Value expand(ImplicitLocOpBuilder &b, VectorType type, Value x) {
    x = clamp(b, type, x);
    Value rounder = splat(b, type, kRounder);
    Value shifted = arith::AddFOp::create(b, x, rounder);
    Value whole = arith::SubFOp::create(b, shifted, rounder);
    Value fraction = arith::SubFOp::create(b, x, whole);
    Value power = splat(b, type, kCoefficients[0]);
    for (float coefficient : llvm::drop_begin(kCoefficients))
      power = vector::FMAOp::create(b, power, fraction,
                                    splat(b, type, coefficient));
    // 2^whole: add it to the exponent.
    auto integers = VectorType::get(type.getShape(), b.getI32Type());
    auto bits = [&](Value value) {
      return arith::BitcastOp::create(b, integers, value);
    };
    Value mantissa = arith::ConstantOp::create(
        b, SplatElementsAttr::get(integers, b.getI32IntegerAttr(23)));
    Value exponent = arith::ShLIOp::create(b, bits(shifted), mantissa);
    Value scaled = arith::AddIOp::create(b, bits(power), exponent);
    return arith::BitcastOp::create(b, type, scaled);
  }
};

struct ExpandExp2 : rdattn::impl::ExpandExp2Base<ExpandExp2> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ExpandVectorExp2>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
