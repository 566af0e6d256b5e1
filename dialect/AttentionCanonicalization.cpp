//===- AttentionCanonicalization.cpp - Rewrites of patterns ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/FoldScale.h"

using namespace mlir;
using namespace rdattn;
using planner::OrderKind;
using planner::Segment;

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

static bool dropOrder(Segment &segment) {
  segment.order = planner::Order();
  return true;
}

/// E1: an order without a window and with one class says nothing.
static bool dropVoidOrder(Segment &segment) {
  return segment.order.kind == OrderKind::Hilbert && segment.dilation == 1 &&
         !segment.window && dropOrder(segment);
}

/// S3: along a grid of one row or one column the order is that of the tokens.
static bool dropLinearGrid(Segment &segment) {
  if (segment.order.kind != OrderKind::Hilbert)
    return false;
  planner::Grid grid = gridOf(segment);
  return (grid.rows == 1 || grid.cols == 1) && dropOrder(segment);
}

/// S11: a window that reaches every row of its class says nothing.
static bool dropWideWindow(Segment &segment) {
  int64_t rows = llvm::divideCeil(segment.length, segment.dilation);
  if (!segment.window || *segment.window < rows)
    return false;
  segment.window.reset();
  return true;
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

/// Makes `segment` end after `length` tokens; its order keeps the grid of the
/// full length (S3).
static void truncate(Segment &segment, int64_t length) {
  if (segment.order.kind == OrderKind::Hilbert)
    segment.order.grid = gridOf(segment);
  segment.length = length;
}

/// S2: what lies past a static S goes, and with it `repeat`, once the list
/// covers every token. An S of 0 would leave no segment.
static bool cutBranch(planner::Branch &branch, int64_t tokens) {
  if (ShapedType::isDynamic(tokens) || tokens == 0 ||
      totalLength(branch) < tokens)
    return false;
  planner::Branch before = branch;
  branch.repeat = false;
  size_t last = 0;
  int64_t left = tokens;
  for (; branch.segments[last].length < left; ++last)
    left -= branch.segments[last].length;
  branch.segments.resize(last + 1);
  if (left < branch.segments[last].length)
    truncate(branch.segments[last], left);
  return !(branch == before);
}

template <bool (*Rewrite)(Segment &)>
static bool onSegments(planner::Branch &branch, int64_t) {
  bool changed = false;
  for (Segment &segment : branch.segments)
    changed |= Rewrite(segment);
  return changed;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

namespace {
template <bool (*Rewrite)(planner::Branch &, int64_t tokens)>
struct RewriteBranches : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    planner::Pattern pattern = op.getPattern().getPattern();
    bool changed = false;
    for (planner::Branch &branch : pattern.branches)
      changed |= Rewrite(branch, op.getTokens());
    if (!changed)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setPatternAttr(PatternAttr::get(op.getContext(), pattern));
    });
    return success();
  }
};
} // namespace

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<RewriteBranches<onSegments<dropVoidOrder>>,
               RewriteBranches<onSegments<dropLinearGrid>>,
               RewriteBranches<onSegments<dropWideWindow>>,
               RewriteBranches<cutBranch>, FoldScale<AttentionOp>>(context);
}
