//===- MergeCanonicalization.cpp - Rewrites of merges ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace rdattn;

/// The attend that computes both halves of partial `index`.
static AttendOp partialOf(MergeOp op, unsigned index) {
  Value o = op.getPartials()[index], lse = op.getPartialLses()[index];
  auto attend = o.getDefiningOp<AttendOp>();
  return attend && attend.getO() == o && attend.getLse() == lse ? attend
                                                                : AttendOp();
}

/// Rows in no class are empty, and merging with an empty row is a no-op (S5).
static bool isEmpty(MergeOp op, unsigned index) {
  AttendOp attend = partialOf(op, index);
  return attend && attend.getClasses().getGroups().empty();
}

namespace {
/// S6: the merge of one attend is the attend, in the merge's element type.
struct DropSingleMerge : OpRewritePattern<MergeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MergeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getPartials().size() != 1)
      return failure();
    AttendOp attend = partialOf(op, 0);
    if (!attend)
      return failure();
    if (attend.getO().getType() == op.getO().getType()) {
      rewriter.replaceOp(op, attend);
      return success();
    }
    // Another user of the partial would make us compute it twice.
    if (!attend.getO().hasOneUse() ||
        op.getO().getType().getElementType() !=
            attend.getQ().getType().getElementType())
      return failure();
    rewriter.setInsertionPoint(attend);
    auto whole = AttendOp::create(
        rewriter, attend.getLoc(), attend.getQ(), attend.getK(), attend.getV(),
        attend.getScale(), attend.getRing(), attend.getScaleValueAttr(),
        attend.getCausal(), /*partial=*/false, attend.getClasses());
    rewriter.replaceOp(op, whole);
    rewriter.replaceAllUsesWith(attend.getLse(), whole.getLse());
    return success();
  }
};

/// S5: an attend without classes adds nothing. One operand is kept, so that
/// there is a result.
struct DropEmptyPartials : OpRewritePattern<MergeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MergeOp op,
                                PatternRewriter &rewriter) const override {
    unsigned count = op.getPartials().size();
    SmallVector<Value> partials, lses;
    for (unsigned i = 0; i < count; ++i) {
      if (isEmpty(op, i) && !(i + 1 == count && partials.empty()))
        continue;
      partials.push_back(op.getPartials()[i]);
      lses.push_back(op.getPartialLses()[i]);
    }
    if (partials.size() == count)
      return failure();
    rewriter.replaceOpWithNewOp<MergeOp>(op, op.getResultTypes(), partials,
                                         lses, op.getDetachMixing());
    return success();
  }
};
} // namespace

void MergeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<DropSingleMerge, DropEmptyPartials>(context);
}
