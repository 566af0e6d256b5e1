//===- RingTypes.cpp - Rings as types -------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"
#include "lib/Planner/RingLayout.h"

using namespace mlir;
using namespace rdattn;

/// A count, or `?` for one that is not known yet.
static ParseResult parseCount(AsmParser &parser, int64_t &count) {
  count = ShapedType::kDynamic;
  if (succeeded(parser.parseOptionalQuestion()))
    return success();
  return parseInt64(parser, count);
}

static void printCount(AsmPrinter &printer, int64_t count) {
  if (ShapedType::isDynamic(count))
    printer << '?';
  else
    printer << count;
}

static ParseResult parseLayout(AsmParser &parser, Layout &layout) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<Layout> value = symbolizeLayout(name);
  if (!value)
    return parser.emitError(loc, "unknown layout '")
           << name << "': expected 'contiguous', 'zigzag' or 'striped'";
  layout = *value;
  return success();
}

Type RingType::parse(AsmParser &parser) {
  int64_t size, tokens;
  Layout layout;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parseCount(parser, size) || parser.parseComma() ||
      parseLayout(parser, layout) || parser.parseComma() ||
      parser.parseKeyword("tokens") || parser.parseEqual() ||
      parseCount(parser, tokens) || parser.parseGreater())
    return {};
  auto emit = [&] { return parser.emitError(loc); };
  return RingType::getChecked(emit, parser.getContext(), size, layout, tokens);
}

void RingType::print(AsmPrinter &printer) const {
  printer << '<';
  printCount(printer, getSize());
  printer << ", " << stringifyLayout(getLayout()) << ", tokens = ";
  printCount(printer, getTokens());
  printer << '>';
}

LogicalResult RingType::verify(function_ref<InFlightDiagnostic()> emitError,
                               int64_t size, Layout, int64_t tokens) {
  if (ShapedType::isStatic(size)) {
    planner::Ring ring{size, planner::Layout::Contiguous};
    if (auto violation = planner::checkRing(ring))
      return emitError() << *violation;
  }
  if (ShapedType::isStatic(tokens) && tokens < 0)
    return emitError() << "tokens must be at least 0, but is " << tokens;
  return success();
}
