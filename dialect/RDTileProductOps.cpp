//===- RDTileProductOps.cpp - Syntax and rules of products ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

using namespace mlir;
using namespace rdattn::rdtile;

LogicalResult StartScoresOp::verify() {
  TileType q = getQ().getType(), k = getK().getType();
  if (q.getColumns() != k.getColumns() || q.getElement() != k.getElement())
    return emitOpError() << "q and k must have the same columns and element "
                            "type, got "
                         << q << " and " << k;
  if (q.getRows() % kFragmentRows != 0)
    return emitOpError() << "q's rows must be a multiple of " << kFragmentRows
                         << ", got " << q.getRows();
  if (getType().getColumns() != k.getRows())
    return emitOpError() << "result must have a column for each of k's "
                         << k.getRows() << " rows, got " << getType();
  return success();
}

ParseResult StartOutputsOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand p, v, initial;
  OperandType pType;
  TileType vType;
  PendingType type;
  if (parser.parseOperand(p) || parser.parseComma() || parser.parseOperand(v))
    return failure();
  bool hasInitial = succeeded(parser.parseOptionalKeyword("into"));
  if ((hasInitial && parser.parseOperand(initial)) ||
      parser.parseOptionalAttrDict(result.attributes) || parser.parseColon() ||
      parser.parseType(pType) || parser.parseComma() ||
      parser.parseType(vType) || parser.parseArrow() ||
      parser.parseType(type) ||
      parser.resolveOperand(p, pType, result.operands) ||
      parser.resolveOperand(v, vType, result.operands))
    return failure();
  result.addTypes(type);
  auto accumulator =
      AccumulatorType::get(parser.getContext(), type.getColumns());
  return success(!hasInitial || succeeded(parser.resolveOperand(
                                    initial, accumulator, result.operands)));
}

void StartOutputsOp::print(OpAsmPrinter &printer) {
  printer << " " << getP() << ", " << getV();
  if (getInitial())
    printer << " into " << getInitial();
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getP().getType() << ", " << getV().getType() << " -> "
          << getType();
}

LogicalResult StartOutputsOp::verify() {
  OperandType p = getP().getType();
  TileType v = getV().getType();
  if (p.getColumns() != v.getRows() || p.getElement() != v.getElement())
    return emitOpError() << "p's columns must be v's rows, of one element "
                            "type, got "
                         << p << " and " << v;
  int64_t columns = llvm::alignTo(v.getColumns(), 8);
  if (getType().getColumns() != columns)
    return emitOpError() << "result must have v's columns in whole eights, "
                         << columns << ", got " << getType();
  if (getInitial() && getInitial().getType().getColumns() != columns)
    return emitOpError() << "must be added to an accumulator of " << columns
                         << " columns, got " << getInitial().getType();
  return success();
}

ParseResult WaitMmaOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand pending;
  PendingType type;
  int64_t inFlight;
  if (parser.parseOperand(pending) || parser.parseKeyword("in_flight") ||
      parser.parseLParen() || parser.parseInteger(inFlight) ||
      parser.parseRParen() || parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColon() || parser.parseType(type) ||
      parser.resolveOperand(pending, type, result.operands))
    return failure();
  result.getOrAddProperties<Properties>().in_flight =
      parser.getBuilder().getI64IntegerAttr(inFlight);
  result.addTypes(AccumulatorType::get(parser.getContext(), type.getColumns()));
  return success();
}

void WaitMmaOp::print(OpAsmPrinter &printer) {
  printer << " " << getPending() << " in_flight(" << getInFlight() << ")";
  printer.printOptionalAttrDict((*this)->getAttrs(), {"in_flight"});
  printer << " : " << getPending().getType();
}

LogicalResult WaitMmaOp::verify() {
  if (getPending().getType().getColumns() != getType().getColumns())
    return emitOpError() << "must give the accumulator of "
                         << getPending().getType() << ", got " << getType();
  int64_t inFlight = getInFlightAttr().getInt();
  if (inFlight < 0 || inFlight > 7)
    return emitOpError() << "in_flight must be 0 to 7, got " << inFlight;
  return success();
}
