//===- RDTileTypes.cpp - Tiles, fragments and barriers --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

using namespace mlir;
using namespace rdattn::rdtile;

using EmitError = function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

/// `rows x columns x element`, or `columns x element` for one dimension.
static ParseResult parseShape(AsmParser &parser, MutableArrayRef<int64_t> shape,
                              Type &element) {
  SmallVector<int64_t> dimensions;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(dimensions, /*allowDynamic=*/false) ||
      parser.parseType(element))
    return failure();
  if (dimensions.size() != shape.size())
    return parser.emitError(loc, "expected ")
           << shape.size()
           << (shape.size() == 1 ? " dimension, got " : " dimensions, got ")
           << dimensions.size();
  llvm::copy(dimensions, shape.begin());
  return success();
}

Type TileType::parse(AsmParser &parser) {
  int64_t shape[2];
  Type element;
  if (parser.parseLess() || parseShape(parser, shape, element) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<TileType>(parser.getContext(), shape[0], shape[1],
                                     element);
}

void TileType::print(AsmPrinter &printer) const {
  printer << "<" << getRows() << "x" << getColumns() << "x" << getElement()
          << ">";
}

Type RingType::parse(AsmParser &parser) {
  int64_t stages, shape[2];
  Type element;
  if (parser.parseLess() || parser.parseInteger(stages) ||
      parser.parseComma() || parseShape(parser, shape, element) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<RingType>(parser.getContext(), stages, shape[0],
                                     shape[1], element);
}

void RingType::print(AsmPrinter &printer) const {
  printer << "<" << getStages() << ", " << getRows() << "x" << getColumns()
          << "x" << getElement() << ">";
}

Type OperandType::parse(AsmParser &parser) {
  int64_t columns[1];
  Type element;
  if (parser.parseLess() || parseShape(parser, columns, element) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<OperandType>(parser.getContext(), columns[0],
                                        element);
}

void OperandType::print(AsmPrinter &printer) const {
  printer << "<" << getColumns() << "x" << getElement() << ">";
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

static LogicalResult verifyElement(EmitError emitError, Type element) {
  if (element.isBF16() || element.isF16() || element.isF32())
    return success();
  return emitError() << "element type must be bf16, f16 or f32, got "
                     << element;
}

/// The most columns of an accumulator, and of a tile: one wgmma's limit.
static constexpr int64_t kMaxColumns = 256;

static LogicalResult verifyTileShape(EmitError emitError, int64_t rows,
                                     int64_t columns) {
  if (rows < 8 || rows % 8 != 0)
    return emitError() << "rows must be a multiple of 8, the height of the "
                          "swizzle's pattern, got "
                       << rows;
  if (columns < 1 || columns > kMaxColumns)
    return emitError() << "columns must be 1 to " << kMaxColumns << ", got "
                       << columns;
  return success();
}

LogicalResult TileType::verify(EmitError emitError, int64_t rows,
                               int64_t columns, Type element) {
  return failure(failed(verifyElement(emitError, element)) ||
                 failed(verifyTileShape(emitError, rows, columns)));
}

LogicalResult RingType::verify(EmitError emitError, int64_t stages,
                               int64_t rows, int64_t columns, Type element) {
  if (stages < 1)
    return emitError() << "a ring must have at least 1 stage, got " << stages;
  return TileType::verify(emitError, rows, columns, element);
}

TileType RingType::getTile() const {
  return TileType::get(getContext(), getRows(), getColumns(), getElement());
}

LogicalResult BarriersType::verify(EmitError emitError, int64_t count) {
  if (count < 1)
    return emitError() << "count must be at least 1, got " << count;
  return success();
}

static LogicalResult verifyColumns(EmitError emitError, int64_t columns,
                                   int64_t multiple) {
  if (columns < multiple || columns > kMaxColumns || columns % multiple != 0)
    return emitError() << "columns must be a multiple of " << multiple
                       << " up to " << kMaxColumns << ", got " << columns;
  return success();
}

LogicalResult AccumulatorType::verify(EmitError emitError, int64_t columns) {
  return verifyColumns(emitError, columns, 8);
}

LogicalResult PendingType::verify(EmitError emitError, int64_t columns) {
  return verifyColumns(emitError, columns, 8);
}

LogicalResult OperandType::verify(EmitError emitError, int64_t columns,
                                  Type element) {
  return failure(failed(verifyElement(emitError, element)) ||
                 failed(verifyColumns(emitError, columns, 16)));
}

LogicalResult RowsType::verify(EmitError emitError, Type element) {
  if (element.isF32() || element.isInteger(32) || element.isInteger(1))
    return success();
  return emitError() << "rows must hold f32, i32 or i1, got " << element;
}

LogicalResult TokensType::verify(EmitError emitError, int64_t rows,
                                 int64_t threads, int64_t lanes) {
  if (lanes < 1 || lanes > 8 || !llvm::isPowerOf2_64(lanes))
    return emitError() << "lanes must be 1, 2, 4 or 8, the 16-byte parts of a "
                          "panel's row, got "
                       << lanes;
  if (threads < 32 || threads > 1024 || threads % 32 != 0)
    return emitError() << "threads must be a multiple of 32 up to 1024, got "
                       << threads;
  if (rows < 1)
    return emitError() << "rows must be at least 1, got " << rows;
  return success();
}
