//===- AttendCanonicalization.cpp - Rewrites of classes -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/FoldScale.h"

using namespace mlir;
using namespace rdattn;
using planner::BranchClasses;
using planner::ClassGroup;

/// A rewrite of single groups that is valid for every S: E1, S3, S11, E3.
template <bool (*Rewrite)(ClassGroup &)>
static bool onGroups(BranchClasses &branch, int64_t) {
  bool changed = false;
  for (ClassGroup &group : branch.groups)
    changed |= Rewrite(group);
  return changed;
}

static bool isolateRows(BranchClasses &branch, int64_t) {
  bool changed = false;
  for (ClassGroup &group : branch.groups)
    changed |= planner::isolateRows(group, branch.perHead);
  return changed;
}

static bool mergeEqualGroups(BranchClasses &branch, int64_t) {
  return planner::mergeEqualGroups(branch);
}

/// S2, where S is known.
static bool clipGroups(BranchClasses &branch, int64_t tokens) {
  return ShapedType::isStatic(tokens) && planner::clipGroups(branch, tokens);
}

/// Longer lists of rows stay out of the IR, and their curves are not walked
/// here.
static constexpr int64_t kMaxWalkedTokens = int64_t(1) << 24;

/// E4, where S is known and a list of all tokens is small enough to embed.
/// Walking the curve is worth it once: groups that have runs are left alone.
static bool findRuns(BranchClasses &branch, int64_t tokens) {
  if (ShapedType::isDynamic(tokens) || tokens > kMaxWalkedTokens)
    return false;
  bool changed = false;
  for (ClassGroup &group : branch.groups)
    if (group.access == planner::Access::Gathered && !group.window &&
        group.runs == planner::Runs())
      changed |= planner::findRuns(group, tokens);
  return changed;
}

namespace {
template <bool (*Rewrite)(BranchClasses &, int64_t tokens)>
struct RewriteClasses : OpRewritePattern<AttendOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttendOp op,
                                PatternRewriter &rewriter) const override {
    BranchClasses branch = op.getClasses().getBranchClasses();
    if (!Rewrite(branch, op.getTokens()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setClassesAttr(BranchClassesAttr::get(op.getContext(), branch));
    });
    return success();
  }
};
} // namespace

void AttendOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<RewriteClasses<onGroups<planner::dropVoidOrder>>,
               RewriteClasses<onGroups<planner::dropLinearGrid>>,
               RewriteClasses<onGroups<planner::dropWideWindow>>,
               RewriteClasses<onGroups<planner::dropUnitStride>>,
               RewriteClasses<isolateRows>, RewriteClasses<mergeEqualGroups>,
               RewriteClasses<clipGroups>, FoldScale<AttendOp>>(context);
  // Last, when nothing cheaper can be said about a group.
  patterns.add<RewriteClasses<findRuns>>(context, /*benefit=*/0);
}
