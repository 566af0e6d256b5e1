//===- CommonSyntax.cpp - Syntax shared by attributes and ops -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace rdattn;

LogicalResult rdattn::report(function_ref<InFlightDiagnostic()> emitError,
                             const planner::Violation &violation) {
  if (violation)
    return emitError() << *violation;
  return success();
}

ParseResult rdattn::parseInt64(AsmParser &parser, int64_t &result) {
  SMLoc loc = parser.getCurrentLocation();
  APInt value;
  OptionalParseResult parsed = parser.parseOptionalInteger(value);
  if (!parsed.has_value())
    return parser.emitError(loc, "expected an integer");
  if (failed(*parsed))
    return failure();
  if (value.getSignificantBits() > 64) {
    SmallString<40> digits;
    value.toStringSigned(digits);
    return parser.emitError(loc) << digits << " does not fit in 64 bits";
  }
  result = value.sextOrTrunc(64).getSExtValue();
  return success();
}

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

static InFlightDiagnostic unknownKeyword(AsmParser &parser, SMLoc loc,
                                         StringRef keyword,
                                         ArrayRef<Property> properties) {
  InFlightDiagnostic diag = parser.emitError(loc)
                            << "unknown '" << keyword << "': expected ";
  llvm::interleave(
      properties, [&](const Property &p) { diag << "'" << p.keyword << "'"; },
      [&] { diag << ", "; });
  return diag;
}

ParseResult rdattn::parseProperties(AsmParser &parser,
                                    ArrayRef<Property> properties) {
  SmallVector<bool> seen(properties.size());
  StringRef keyword;
  SMLoc loc = parser.getCurrentLocation();
  while (succeeded(parser.parseOptionalKeyword(&keyword))) {
    const auto *property = llvm::find_if(
        properties, [&](const Property &p) { return p.keyword == keyword; });
    if (property == properties.end())
      return unknownKeyword(parser, loc, keyword, properties);
    size_t index = property - properties.begin();
    if (seen[index])
      return parser.emitError(loc) << "'" << keyword << "' is given twice";
    seen[index] = true;
    if (property->parse())
      return failure();
    loc = parser.getCurrentLocation();
  }
  return success();
}

Property rdattn::flag(StringRef keyword, bool &value) {
  return {keyword, [&value] {
            value = true;
            return ParseResult(success());
          }};
}

Property rdattn::integer(AsmParser &parser, StringRef keyword, int64_t &value) {
  return {keyword, [&] { return parseInt64(parser, value); }};
}

Property rdattn::integer(AsmParser &parser, StringRef keyword,
                         std::optional<int64_t> &value) {
  return {keyword, [&] { return parseInt64(parser, value.emplace()); }};
}

//===----------------------------------------------------------------------===//
// Orders
//===----------------------------------------------------------------------===//

/// The `x128` of `32x128`: the lexer takes it for a word.
static ParseResult parseColumns(AsmParser &parser, int64_t &cols) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (failed(parser.parseOptionalKeyword(&word)) || !word.consume_front("x"))
    return parser.emitError(loc, "expected 'x' and the number of columns");
  if (word.empty())
    return parseInt64(parser, cols);
  if (!llvm::all_of(word, llvm::isDigit))
    return parser.emitError(loc, "expected the number of columns after 'x'");
  if (word.getAsInteger(10, cols))
    return parser.emitError(loc) << word << " does not fit in 64 bits";
  return success();
}

static ParseResult parseOptionalGrid(AsmParser &parser,
                                     std::optional<planner::Grid> &grid) {
  if (failed(parser.parseOptionalLess()))
    return success();
  planner::Grid &cells = grid.emplace();
  return failure(parseInt64(parser, cells.rows) ||
                 parseColumns(parser, cells.cols) || parser.parseGreater());
}

static ParseResult parseOrder(AsmParser &parser, planner::Order &order) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (succeeded(parser.parseOptionalKeyword(&keyword))) {
    if (keyword == "identity")
      return success();
    if (keyword == "hilbert") {
      order.kind = planner::OrderKind::Hilbert;
      return parseOptionalGrid(parser, order.grid);
    }
  }
  return parser.emitError(loc, "unknown order: expected 'identity', 'hilbert' "
                               "or 'hilbert<rows x cols>'");
}

Property rdattn::order(AsmParser &parser, planner::Order &value) {
  return {"order", [&] { return parseOrder(parser, value); }};
}

void rdattn::printGrid(AsmPrinter &printer, planner::Grid grid) {
  printer << "hilbert<" << grid.rows << "x" << grid.cols << ">";
}

//===----------------------------------------------------------------------===//
// Scale
//===----------------------------------------------------------------------===//

/// A decimal integer, which parseFloat refuses, or whatever parseFloat takes.
/// Hexadecimal digits are the bits of the number, as everywhere in MLIR.
static ParseResult parseNumber(OpAsmParser &parser, APFloat &value) {
  bool negative = succeeded(parser.parseOptionalMinus());
  StringRef text(parser.getCurrentLocation().getPointer(), 2);
  APInt integer;
  OptionalParseResult parsed;
  if (text != "0x")
    parsed = parser.parseOptionalDecimalInteger(integer);
  if (!parsed.has_value()) {
    if (parser.parseFloat(value.getSemantics(), value))
      return failure();
  } else if (failed(*parsed)) {
    return failure();
  } else {
    value.convertFromAPInt(integer, /*IsSigned=*/true,
                           APFloat::rmNearestTiesToEven);
  }
  if (negative)
    value.changeSign();
  return success();
}

OptionalParseResult
rdattn::parseScale(OpAsmParser &parser,
                   std::optional<OpAsmParser::UnresolvedOperand> &scale,
                   FloatAttr &scaleValue) {
  if (failed(parser.parseOptionalKeyword("scale")))
    return std::nullopt;
  if (parser.parseLParen())
    return failure();
  OpAsmParser::UnresolvedOperand operand;
  OptionalParseResult parsed = parser.parseOptionalOperand(operand);
  if (parsed.has_value()) {
    if (failed(*parsed))
      return failure();
    scale = operand;
    return parser.parseRParen();
  }
  APFloat value(APFloat::IEEEsingle());
  if (parseNumber(parser, value) || parser.parseRParen())
    return failure();
  scaleValue = FloatAttr::get(parser.getBuilder().getF32Type(), value);
  return success();
}

void rdattn::printScale(OpAsmPrinter &printer, Operation *, Value scale,
                        FloatAttr scaleValue) {
  printer << "scale(";
  if (scale)
    printer << scale;
  else
    printer.printFloat(scaleValue.getValue());
  printer << ")";
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

ParseResult rdattn::parseInputTypes(OpAsmParser &parser, Type &q, Type &k,
                                    Type &v) {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(q))
    return failure();
  k = v = q;
  if (failed(parser.parseOptionalComma()))
    return success();
  if (parser.parseType(k))
    return failure();
  if (failed(parser.parseOptionalComma()))
    return parser.emitError(loc, "expected one type for q, k and v, or three");
  return parser.parseType(v);
}

void rdattn::printInputTypes(OpAsmPrinter &printer, Operation *, Type q, Type k,
                             Type v) {
  printer << q;
  if (k != q || v != q)
    printer << ", " << k << ", " << v;
}
