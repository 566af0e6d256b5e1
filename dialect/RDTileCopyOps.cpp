//===- RDTileCopyOps.cpp - Rules of copies into and out of tiles ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// The most rows that one instruction brings.
static constexpr int64_t kMaxMapRows = 256;

LogicalResult CopyMapOp::verify() {
  TileType tile = getTile().getType();
  if (tile.getRows() <= kMaxMapRows)
    return success();
  return emitOpError() << "brings at most " << kMaxMapRows
                       << " rows, a tensor map's limit, got " << tile;
}

/// Vectors are 16 bytes of a 16-bit type, and two of f32.
static LogicalResult verifyVectors(Operation *op, CopyMethod method,
                                   MemRefType memory) {
  constexpr int64_t kVectorColumns = 8;
  if (method == CopyMethod::Elements ||
      memory.getDimSize(3) % kVectorColumns == 0)
    return success();
  return op->emitOpError() << "vectors need a multiple of " << kVectorColumns
                           << " columns, got " << memory;
}

LogicalResult CopyRowsOp::verify() {
  TileType tile = getTile().getType();
  if (getTokens().getType().getRows() != tile.getRows())
    return emitOpError() << "needs a token for each of the tile's "
                         << tile.getRows() << " rows, got "
                         << getTokens().getType();
  MemRefType source = getSource().getType();
  if (source.getElementType() != tile.getElement() ||
      source.getDimSize(3) != tile.getColumns())
    return emitOpError() << "source's rows must be the tile's "
                         << tile.getColumns() << " x " << tile.getElement()
                         << ", got " << source;
  return verifyVectors(*this, getMethod(), source);
}

LogicalResult WaitCopiesOp::verify() {
  int64_t inFlight = getInFlightAttr().getInt();
  if (inFlight >= 0 && inFlight <= 7)
    return success();
  return emitOpError() << "in_flight must be 0 to 7, got " << inFlight;
}

LogicalResult NegateRowsOp::verify() {
  TileType tile = getTile().getType();
  if (tile.getRows() % kFragmentRows == 0)
    return success();
  return emitOpError() << "needs a tile of a multiple of " << kFragmentRows
                       << " rows, got " << tile;
}

static LogicalResult verifyTokens(Operation *op, RowsType tokens) {
  if (tokens.getElement().isInteger(32))
    return success();
  return op->emitOpError() << "tokens must be rows of i32, got " << tokens;
}

/// Rows of memory, called `name`, that an accumulator holds.
static LogicalResult verifyRows(Operation *op, StringRef name,
                                MemRefType memory, AccumulatorType held) {
  int64_t columns = memory.getDimSize(3);
  if (ShapedType::isStatic(columns) && columns <= held.getColumns())
    return success();
  return op->emitOpError() << name
                           << "'s last dimension must be static and at most "
                              "the accumulator's "
                           << held.getColumns() << " columns, got " << memory;
}

LogicalResult StoreRowsOp::verify() {
  MemRefType target = getTarget().getType();
  Type element = target.getElementType();
  if (!element.isF32() && !element.isBF16() && !element.isF16())
    return emitOpError() << "target's elements must be f32, bf16 or f16, got "
                         << target;
  if (failed(verifyRows(*this, "target", target, getValue().getType())) ||
      failed(verifyVectors(*this, getMethod(), target)))
    return failure();
  return verifyTokens(*this, getTokens().getType());
}

LogicalResult LoadRowsOp::verify() {
  MemRefType source = getSource().getType();
  if (failed(verifyRows(*this, "source", source, getValue().getType())) ||
      failed(verifyVectors(*this, getMethod(), source)))
    return failure();
  return verifyTokens(*this, getTokens().getType());
}

static LogicalResult verifyScalars(Operation *op, RowsType scalars,
                                   RowsType tokens) {
  if (!scalars.getElement().isF32())
    return op->emitOpError() << "scalars must be rows of f32, got " << scalars;
  return verifyTokens(op, tokens);
}

LogicalResult StoreScalarsOp::verify() {
  return verifyScalars(*this, getValue().getType(), getTokens().getType());
}

LogicalResult LoadScalarsOp::verify() {
  return verifyScalars(*this, getValue().getType(), getTokens().getType());
}
