//===- AttentionToAttend.cpp - Patterns into explicit classes -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/Passes.h"
#include "lib/Target/PatternJSON/PatternJSON.h"

#include "mlir/IR/PatternMatch.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTATTENTIONTOATTEND
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

//===----------------------------------------------------------------------===//
// The definition
//===----------------------------------------------------------------------===//

/// The attention that `func` is: its body computes one on its first three
/// arguments and returns what that gives.
static AttentionOp soleAttention(func::FuncOp func) {
  if (func.isExternal() || !llvm::hasSingleElement(func.getBody()))
    return {};
  Block &block = func.getBody().front();
  auto attention = dyn_cast<AttentionOp>(block.front());
  if (!attention || attention->getNextNode() != block.getTerminator() ||
      block.getNumArguments() < 3 ||
      attention->getOperands().take_front(3) !=
          ValueRange(block.getArguments().take_front(3)))
    return {};
  OperandRange returned = block.getTerminator()->getOperands();
  bool returnsAll = returned == ResultRange(attention->getResults());
  bool returnsO = returned.size() == 1 && returned[0] == attention.getO();
  return returnsAll || returnsO ? attention : AttentionOp();
}

static llvm::json::Value sizeOrNull(int64_t size) {
  return ShapedType::isDynamic(size) ? llvm::json::Value(nullptr)
                                     : llvm::json::Value(size);
}

/// {"layout": ..., "size": number or null, "tokens": number or null}; null is
/// known at run time alone.
static llvm::json::Object placementOf(RingType ring) {
  return llvm::json::Object{{"layout", stringifyLayout(ring.getLayout())},
                            {"size", sizeOrNull(ring.getSize())},
                            {"tokens", sizeOrNull(ring.getTokens())}};
}

/// {"pattern": ..., "causal": ..., "scale": number or null}, and "ring" where
/// it runs on one; null stands for 1/sqrt(D) and for a scale given at run time.
static std::string definitionOf(AttentionOp op) {
  llvm::json::Value scale = nullptr;
  if (std::optional<APFloat> value = op.getScaleValue())
    scale = value->convertToDouble();
  llvm::json::Object object{
      {"pattern", patternToJSON(op.getPattern().getPattern())},
      {"causal", op.getCausal()},
      {"scale", std::move(scale)}};
  if (op.getRing())
    object["ring"] = placementOf(op.getRing().getType());
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(object));
  return text;
}

//===----------------------------------------------------------------------===//
// The expansion
//===----------------------------------------------------------------------===//

/// One branch over its classes; partial where others will join it.
static AttendOp expandBranch(OpBuilder &builder, AttentionOp op,
                             BranchAttr branch, bool partial) {
  auto classes = BranchClassesAttr::get(
      op.getContext(), planner::expandBranch(branch.getBranch()));
  return AttendOp::create(builder, op.getLoc(), op.getQ(), op.getK(), op.getV(),
                          op.getScale(), op.getRing(), op.getScaleValueAttr(),
                          op.getCausal(), partial, classes);
}

static void expand(AttentionOp op) {
  OpBuilder builder(op);
  ArrayRef<BranchAttr> branches = op.getPattern().getBranches();
  if (branches.size() == 1) {
    op->replaceAllUsesWith(
        expandBranch(builder, op, branches.front(), /*partial=*/false));
    op->erase();
    return;
  }
  SmallVector<Value> partials, lses;
  for (BranchAttr branch : branches) {
    AttendOp attend = expandBranch(builder, op, branch, /*partial=*/true);
    partials.push_back(attend.getO());
    lses.push_back(attend.getLse());
  }
  op->replaceAllUsesWith(MergeOp::create(builder, op.getLoc(),
                                         op.getResultTypes(), partials, lses,
                                         op.getPattern().getDetachMixing()));
  op->erase();
}

namespace {
struct ConvertAttentionToAttend
    : rdattn::impl::ConvertAttentionToAttendBase<ConvertAttentionToAttend> {
  void runOnOperation() override {
    if (AttentionOp op = soleAttention(getOperation()))
      getOperation()->setAttr("rdattn.definition",
                              StringAttr::get(&getContext(), definitionOf(op)));
    getOperation()->walk(expand);
  }
};
} // namespace
