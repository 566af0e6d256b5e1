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
  if (getScores().empty() ||
      int64_t(getScores().size()) * kFragmentRows > q.getRows())
    return emitOpError() << "must have a result for each 64 of q's "
                         << q.getRows() << " rows that it multiplies, got "
                         << getScores().size() << " results";
  for (Type type : getResultTypes())
    if (cast<PendingType>(type).getColumns() != k.getRows())
      return emitOpError() << "result must have a column for each of k's "
                           << k.getRows() << " rows, got " << type;
  return success();
}

ParseResult StartOutputsOp::parse(OpAsmParser &parser, OperationState &result) {
  // The operands before the last are p's.
  SmallVector<OpAsmParser::UnresolvedOperand> inputs, initial;
  SmallVector<Type> inputTypes, results, accumulators;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOperandList(inputs))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("into")) &&
      parser.parseOperandList(initial))
    return failure();
  if (parser.parseOptionalAttrDict(result.attributes) || parser.parseColon() ||
      parser.parseTypeList(inputTypes) || parser.parseArrow() ||
      parser.parseTypeList(results))
    return failure();
  for (Type type : results) {
    auto pending = dyn_cast<PendingType>(type);
    if (!pending)
      return parser.emitError(loc, "results must be !rdtile.pending, got ")
             << type;
    accumulators.push_back(
        AccumulatorType::get(parser.getContext(), pending.getColumns()));
  }
  result.addTypes(results);
  if (inputs.size() < 2)
    return parser.emitError(loc, "expected operands p and the tile v");
  result.getOrAddProperties<Properties>().setOperandSegmentSizes(
      {int32_t(inputs.size() - 1), 1, int32_t(initial.size())});
  return failure(
      parser.resolveOperands(inputs, inputTypes, loc, result.operands) ||
      (!initial.empty() &&
       parser.resolveOperands(initial, accumulators, loc, result.operands)));
}

void StartOutputsOp::print(OpAsmPrinter &printer) {
  printer << " " << getP() << ", " << getV();
  if (!getInitial().empty())
    printer << " into " << getInitial();
  printer.printOptionalAttrDict((*this)->getAttrs(), {"operandSegmentSizes"});
  printer << " : " << getP().getTypes() << ", " << getV().getType() << " -> "
          << getResultTypes();
}

LogicalResult StartOutputsOp::verify() {
  TileType v = getV().getType();
  size_t count = getP().size();
  if (count == 0 || getSums().size() != count ||
      (!getInitial().empty() && getInitial().size() != count))
    return emitOpError() << "must have a result, and one or no initial "
                            "accumulator, for each p, got "
                         << count << " p, " << getInitial().size()
                         << " initial and " << getSums().size() << " results";
  for (Value value : getP()) {
    auto p = cast<OperandType>(value.getType());
    if (p.getColumns() != v.getRows() || p.getElement() != v.getElement())
      return emitOpError() << "p's columns must be v's rows, of one element "
                              "type, got "
                           << p << " and " << v;
  }
  int64_t columns = llvm::alignTo(v.getColumns(), 8);
  for (Type type : getResultTypes())
    if (cast<PendingType>(type).getColumns() != columns)
      return emitOpError() << "result must have v's columns in whole eights, "
                           << columns << ", got " << type;
  for (Type type : getInitial().getTypes())
    if (cast<AccumulatorType>(type).getColumns() != columns)
      return emitOpError() << "must be added to an accumulator of " << columns
                           << " columns, got " << type;
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

LogicalResult HoldWaitsOp::verify() {
  if (!cast<RowsType>(getFactors().getType()).getElement().isF32())
    return emitOpError() << "factors must be f32, but they are "
                         << getFactors().getType();
  return success();
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
