//===- AttentionOps.cpp - rdattn.attention and rdattn.attend --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/InputShapes.h"
#include "lib/Planner/Messages.h"
#include "lib/Planner/RingLayout.h"

using namespace mlir;
using namespace rdattn;

/// The results of an attention, with o in `element` or the type of q.
template <typename Adaptor>
static LogicalResult inferResults(Adaptor adaptor, Type element,
                                  std::optional<Location> loc,
                                  SmallVectorImpl<Type> &types) {
  auto emit = [&] {
    return emitError(loc.value_or(UnknownLoc::get(element.getContext())));
  };
  auto typeOf = [](Value value) {
    return dyn_cast<ShapedType>(value.getType());
  };
  FailureOr<InputShapes> shapes =
      getInputShapes(typeOf(adaptor.getQ()), typeOf(adaptor.getK()),
                     typeOf(adaptor.getV()), emit);
  if (failed(shapes))
    return failure();
  Type f32 = Float32Type::get(element.getContext());
  types.push_back(RankedTensorType::get(shapes->output(), element));
  types.push_back(RankedTensorType::get(shapes->logSumExp(), f32));
  return success();
}

LogicalResult
AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                              ValueRange operands, DictionaryAttr attributes,
                              OpaqueProperties properties, RegionRange regions,
                              SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  return inferResults(adaptor, getElementTypeOrSelf(adaptor.getQ().getType()),
                      loc, types);
}

LogicalResult
AttendOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                           ValueRange operands, DictionaryAttr attributes,
                           OpaqueProperties properties, RegionRange regions,
                           SmallVectorImpl<Type> &types) {
  Adaptor adaptor(operands, attributes, properties, regions);
  Type element = adaptor.getPartial()
                     ? Float32Type::get(context)
                     : getElementTypeOrSelf(adaptor.getQ().getType());
  return inferResults(adaptor, element, loc, types);
}

/// The scale is one finite number, or left out (section 1).
static LogicalResult verifyScale(Value operand, std::optional<APFloat> constant,
                                 EmitError emitError) {
  if (operand && constant)
    return emitError() << "the scale must be an operand or a constant, not "
                          "both";
  if (constant && !constant->isFinite())
    return emitError() << "the scale must be finite";
  return success();
}

/// What rdattn.attention and rdattn.attend share; the shapes where all is well.
template <typename Op> static FailureOr<InputShapes> verifyInputs(Op op) {
  auto emit = [&] { return op.emitOpError(); };
  FailureOr<InputShapes> shapes = getInputShapes(
      op.getQ().getType(), op.getK().getType(), op.getV().getType(), emit);
  if (failed(shapes) || failed(verifyHeads(*shapes, emit)) ||
      failed(verifyScale(op.getScale(), op.getScaleValue(), emit)))
    return failure();
  return shapes;
}

/// S8: a static shard is as long as some rank's is.
template <typename Op>
static LogicalResult verifyShard(Op op, const InputShapes &shapes) {
  if (!op.getRing() || ShapedType::isDynamic(shapes.tokens))
    return success();
  RingType type = op.getRing().getType();
  int64_t tokens = type.getTokens();
  if (ShapedType::isDynamic(type.getSize()) || ShapedType::isDynamic(tokens))
    return success();
  planner::Ring ring{type.getSize(),
                     static_cast<planner::Layout>(type.getLayout())};
  // Shards grow or shrink by a row from the first rank to the last.
  auto [least, most] = std::minmax(
      {shardLength(ring, tokens, 0), shardLength(ring, tokens, ring.size - 1)});
  if (shapes.tokens >= least && shapes.tokens <= most)
    return success();
  return op.emitOpError() << "q has " << shapes.tokens
                          << " tokens, but a rank of " << type << " holds "
                          << least << " to " << most;
}

LogicalResult AttentionOp::verify() {
  FailureOr<InputShapes> shapes = verifyInputs(*this);
  if (failed(shapes))
    return failure();
  if (failed(verifyShard(*this, *shapes)))
    return failure();
  if (ShapedType::isDynamic(getTokens()))
    return success();
  // S2: a static S past the end of a branch that does not repeat.
  for (BranchAttr branch : getPattern().getBranches())
    if (auto violation = checkCovers(branch.getBranch(), getTokens()))
      return emitOpError() << *violation;
  return success();
}

LogicalResult AttendOp::verify() {
  FailureOr<InputShapes> shapes = verifyInputs(*this);
  if (failed(shapes))
    return failure();
  if (failed(verifyShard(*this, *shapes)))
    return failure();
  // S2: rows are empty where no class is left, or within the classes' reach.
  planner::BranchClasses branch = getClasses().getBranchClasses();
  std::optional<int64_t> covered = coveredTokens(branch);
  if (ShapedType::isStatic(getTokens()) && !branch.groups.empty() && covered &&
      *covered < getTokens())
    return emitOpError() << planner::tooLong(getTokens(), *covered);
  return success();
}
