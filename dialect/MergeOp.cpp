//===- MergeOp.cpp - rdattn.merge -----------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/InputShapes.h"

using namespace mlir;
using namespace rdattn;

using Operand = OpAsmParser::UnresolvedOperand;

/// The lse [B,H,S] of an o [B,S,H,Dv].
static RankedTensorType lseTypeOf(RankedTensorType o) {
  return RankedTensorType::get(
      {o.getDimSize(0), o.getDimSize(2), o.getDimSize(1)},
      Float32Type::get(o.getContext()));
}

/// `(%o0, %lse0), (%o1, %lse1)`.
static ParseResult parsePartials(OpAsmParser &parser,
                                 SmallVectorImpl<Operand> &partials,
                                 SmallVectorImpl<Operand> &lses) {
  return parser.parseCommaSeparatedList([&] {
    return failure(
        parser.parseLParen() || parser.parseOperand(partials.emplace_back()) ||
        parser.parseComma() || parser.parseOperand(lses.emplace_back()) ||
        parser.parseRParen());
  });
}

static ParseResult parseOutputType(OpAsmParser &parser,
                                   RankedTensorType &type) {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(type))
    return failure();
  if (type.getRank() != 4)
    return parser.emitError(
        loc, "expected a tensor [batch, tokens, heads, head_dim]");
  return success();
}

ParseResult MergeOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<Operand> partials, lses;
  RankedTensorType partialType, resultType;
  if (parsePartials(parser, partials, lses))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("detach_mixing")))
    result.getOrAddProperties<Properties>().detachMixing =
        parser.getBuilder().getUnitAttr();
  if (parser.parseOptionalAttrDict(result.attributes) || parser.parseColon() ||
      parseOutputType(parser, partialType) || parser.parseKeyword("to") ||
      parseOutputType(parser, resultType))
    return failure();
  result.addTypes({resultType, lseTypeOf(resultType)});
  return failure(
      parser.resolveOperands(partials, partialType, result.operands) ||
      parser.resolveOperands(lses, lseTypeOf(partialType), result.operands));
}

void MergeOp::print(OpAsmPrinter &printer) {
  printer << " ";
  llvm::interleaveComma(llvm::zip_equal(getPartials(), getPartialLses()),
                        printer, [&](auto pair) {
                          printer << "(" << std::get<0>(pair) << ", "
                                  << std::get<1>(pair) << ")";
                        });
  if (getDetachMixing())
    printer << " detach_mixing";
  printer.printOptionalAttrDict((*this)->getAttrs(), {"detachMixing"});
  printer << " : " << getPartials().front().getType() << " to "
          << getO().getType();
}

/// A result of the shape that `partial` has.
static LogicalResult verifyResult(MergeOp op, RankedTensorType partial) {
  RankedTensorType o = op.getO().getType();
  if (o.getShape() != partial.getShape())
    return op.emitOpError() << "the result must have the shape of its partials "
                            << partial << ", got " << o;
  if (op.getLse().getType() != lseTypeOf(o))
    return op.emitOpError() << "the result lse must be " << lseTypeOf(o)
                            << ", got " << op.getLse().getType();
  return success();
}

LogicalResult MergeOp::verify() {
  if (getPartials().empty())
    return emitOpError() << "needs at least one partial result";
  RankedTensorType first = cast<RankedTensorType>(getPartials()[0].getType());
  if (!first.getElementType().isF32() &&
      first.getElementType() != getO().getType().getElementType())
    return emitOpError() << "partials must be f32 or of the result's element "
                            "type "
                         << getO().getType().getElementType() << ", got "
                         << first.getElementType();
  for (Type type : getPartials().getTypes())
    if (type != first)
      return emitOpError() << "partials must have one type, got " << first
                           << " and " << type;
  for (Type type : getPartialLses().getTypes())
    if (type != lseTypeOf(first))
      return emitOpError() << "the lse of a partial must be "
                           << lseTypeOf(first) << ", got " << type;
  return verifyResult(*this, first);
}
