//===- ReductionPatterns.cpp - How an attention gets simpler --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-reduce/ReductionPatterns.h"

#include "dialect/RDAttn.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Reducer/ReductionPatternInterface.h"
#include "mlir/Reducer/Tester.h"

using namespace mlir;
using namespace rdattn;

using Patterns = std::vector<planner::Pattern>;

/// Adds `pattern` after `change` to `simpler`, unless it is the same.
static void addChanged(Patterns &simpler, planner::Pattern pattern,
                       function_ref<void(planner::Pattern &)> change) {
  planner::Pattern before = pattern;
  change(pattern);
  if (!(pattern.branches == before.branches) ||
      pattern.detachMixing != before.detachMixing)
    simpler.push_back(std::move(pattern));
}

/// `segment` is a place in `pattern`.
static void addSegmentChanges(Patterns &simpler,
                              const planner::Pattern &pattern, size_t branch,
                              size_t segment) {
  auto add = [&](function_ref<void(planner::Segment &)> change) {
    addChanged(simpler, pattern, [&](planner::Pattern &changed) {
      change(changed.branches[branch].segments[segment]);
    });
  };
  add([](planner::Segment &changed) { changed.window.reset(); });
  add([](planner::Segment &changed) { changed.order = {}; });
  add([](planner::Segment &changed) { changed.dilation = 1; });
}

static void addBranchChanges(Patterns &simpler, const planner::Pattern &pattern,
                             size_t branch) {
  auto add = [&](function_ref<void(planner::Branch &)> change) {
    addChanged(simpler, pattern, [&](planner::Pattern &changed) {
      change(changed.branches[branch]);
    });
  };
  size_t count = pattern.branches[branch].segments.size();
  for (size_t i = 0; i < count && count > 1; ++i)
    add([i](planner::Branch &changed) {
      changed.segments.erase(changed.segments.begin() + i);
    });
  add([](planner::Branch &changed) { changed.perHead = false; });
  add([](planner::Branch &changed) { changed.repeat = false; });
  for (size_t i = 0; i < count; ++i)
    addSegmentChanges(simpler, pattern, branch, i);
}

/// The patterns one step simpler, those that lose most first.
static Patterns simplerPatterns(const planner::Pattern &pattern) {
  Patterns simpler;
  size_t count = pattern.branches.size();
  for (size_t i = 0; i < count && count > 1; ++i)
    addChanged(simpler, pattern, [i](planner::Pattern &changed) {
      changed.branches.erase(changed.branches.begin() + i);
    });
  addChanged(simpler, pattern,
             [](planner::Pattern &changed) { changed.detachMixing = false; });
  for (size_t i = 0; i < count; ++i)
    addBranchChanges(simpler, pattern, i);
  return simpler;
}

namespace {
/// The reducer's tree grows from IR that a pattern has already changed, and so
/// a pattern leaves only changes that the tester finds interesting.
struct TestedPattern : OpRewritePattern<AttentionOp> {
  TestedPattern(MLIRContext *context, Tester &tester)
      : OpRewritePattern(context), tester(tester) {}

protected:
  bool isInteresting(ModuleOp module) const {
    ScopedDiagnosticHandler quiet(getContext(),
                                  [](Diagnostic &) { return success(); });
    return succeeded(verify(module)) &&
           tester.isInteresting(module).first == Tester::Interestingness::True;
  }

  /// The same without `op`, which has no uses.
  bool isInterestingWithout(Operation *op) const {
    auto module = op->getParentOfType<ModuleOp>();
    Block *block = op->getBlock();
    Block::iterator next = std::next(op->getIterator());
    op->remove();
    bool result = isInteresting(module);
    block->getOperations().insert(next, op);
    return result;
  }

private:
  Tester &tester;
};

/// o has the shape of q where v has the shape of k.
struct ForwardQueries : TestedPattern {
  using TestedPattern::TestedPattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getLse().use_empty() || op.getO().getType() != op.getQ().getType())
      return failure();
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op.getO().getUses())
      uses.push_back(&use);
    // The rewriter is told once a change stays: it would try again otherwise.
    auto forward = [&](Value value) {
      for (OpOperand *use : uses)
        use->set(value);
    };
    forward(op.getQ());
    if (!isInterestingWithout(op)) {
      forward(op.getO());
      return failure();
    }
    rewriter.eraseOp(op);
    return success();
  }
};

/// Tries one change after another.
struct SimplifyPattern : TestedPattern {
  using TestedPattern::TestedPattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    PatternAttr before = op.getPattern();
    for (const planner::Pattern &simpler :
         simplerPatterns(before.getPattern())) {
      op.setPatternAttr(PatternAttr::get(getContext(), simpler));
      if (isInteresting(op->getParentOfType<ModuleOp>())) {
        rewriter.modifyOpInPlace(op, [] {});
        return success();
      }
    }
    op.setPatternAttr(before);
    return failure();
  }
};

struct Reduction : DialectReductionPatternInterface {
  explicit Reduction(Dialect *dialect)
      : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const override {}
  void populateReductionPatternsWithTester(RewritePatternSet &patterns,
                                           Tester &tester) const override {
    patterns.add<ForwardQueries, SimplifyPattern>(patterns.getContext(),
                                                  tester);
  }
};
} // namespace

void rdattn::registerReductionPatterns(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, RDAttnDialect *dialect) {
    dialect->addInterfaces<Reduction>();
  });
}
