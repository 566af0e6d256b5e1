//===- RDTileFragmentOps.cpp - Rules of what a warpgroup computes ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

using namespace mlir;
using namespace rdattn::rdtile;

static Type elementOf(Type fragment) {
  if (auto rows = dyn_cast<RowsType>(fragment))
    return rows.getElement();
  return Float32Type::get(fragment.getContext());
}

LogicalResult SplatOp::verify() {
  if (getScalar().getType() == elementOf(getType()))
    return success();
  return emitOpError() << "scalar must be " << elementOf(getType()) << ", got "
                       << getScalar().getType();
}

/// A region of `arguments` that yields `result`.
static LogicalResult verifyBody(Operation *op, Region &body,
                                ArrayRef<Type> arguments, Type result) {
  Block &block = body.front();
  if (llvm::equal(block.getArgumentTypes(), arguments)) {
    auto yield = dyn_cast<YieldOp>(block.back());
    if (yield && yield.getValue().getType() == result)
      return success();
  }
  InFlightDiagnostic error = op->emitOpError() << "region must take (";
  llvm::interleaveComma(arguments, error);
  return error << ") and yield " << result;
}

LogicalResult MapOp::verify() {
  SmallVector<Type> arguments;
  Type i32 = IntegerType::get(getContext(), 32);
  bool isAccumulator = isa<AccumulatorType>(getType());
  if (getIndexed())
    arguments.append(isAccumulator ? 2 : 1, i32);
  for (Type type : getOperandTypes()) {
    if (isa<AccumulatorType>(type) && type != getType())
      return emitOpError() << "an accumulator among the operands must have the "
                              "result's type "
                           << getType() << ", got " << type;
    arguments.push_back(elementOf(type));
  }
  return verifyBody(*this, getBody(), arguments, elementOf(getType()));
}

LogicalResult LookupOp::verify() {
  Type i32 = IntegerType::get(getContext(), 32);
  return verifyBody(*this, getBody(), {i32}, i32);
}

static LogicalResult verifyScalars(Operation *op, Combining kind, Type type) {
  if (elementOf(type).isF32())
    return success();
  return op->emitOpError() << stringifyCombining(kind)
                           << " combines rows of f32, got " << type;
}

LogicalResult ReduceOp::verify() {
  if (getInitial().getType() != getType())
    return emitOpError() << "must give rows of the type of its initial ones, "
                         << getInitial().getType() << ", got " << getType();
  return verifyScalars(*this, getKind(), getType());
}

LogicalResult CombineOp::verify() {
  return verifyScalars(*this, getKind(), getType());
}

LogicalResult ConvertOp::verify() {
  if (getValue().getType().getColumns() == getType().getColumns())
    return success();
  return emitOpError() << "must keep the " << getValue().getType().getColumns()
                       << " columns, got " << getType();
}
