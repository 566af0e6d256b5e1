//===- PatternAttrs.cpp - Segments, branches and patterns -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"

using namespace mlir;
using namespace rdattn;

llvm::hash_code planner::hash_value(const Segment &segment) {
  Grid grid = segment.order.grid.value_or(Grid{0, 0});
  return llvm::hash_combine(segment.length, segment.dilation,
                            static_cast<int>(segment.order.kind), grid.rows,
                            grid.cols, segment.window.value_or(0));
}

//===----------------------------------------------------------------------===//
// SegmentAttr
//===----------------------------------------------------------------------===//

LogicalResult SegmentAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  planner::Segment segment) {
  return report(emitError, checkSegment(segment));
}

static ParseResult parseSegment(AsmParser &parser, SegmentAttr &segment) {
  SMLoc loc = parser.getCurrentLocation();
  planner::Segment value;
  if (parseInt64(parser, value.length) ||
      parseProperties(parser, {integer(parser, "dilation", value.dilation),
                               order(parser, value.order),
                               integer(parser, "window", value.window)}))
    return failure();
  segment = parser.getChecked<SegmentAttr>(loc, parser.getContext(), value);
  return success(segment != nullptr);
}

static void printSegment(AsmPrinter &printer, const planner::Segment &segment) {
  printer << segment.length;
  if (segment.dilation != 1)
    printer << " dilation " << segment.dilation;
  if (segment.order.kind == planner::OrderKind::Hilbert) {
    printer << " order ";
    if (segment.order.grid)
      printGrid(printer, *segment.order.grid);
    else
      printer << "hilbert";
  }
  if (segment.window)
    printer << " window " << *segment.window;
}

Attribute SegmentAttr::parse(AsmParser &parser, Type) {
  SegmentAttr segment;
  if (parser.parseLess() || parseSegment(parser, segment) ||
      parser.parseGreater())
    return {};
  return segment;
}

void SegmentAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printSegment(printer, getValue());
  printer << ">";
}

//===----------------------------------------------------------------------===//
// BranchAttr
//===----------------------------------------------------------------------===//

static planner::Branch toBranch(ArrayRef<SegmentAttr> segments, bool repeat,
                                bool perHead) {
  planner::Branch branch;
  for (SegmentAttr segment : segments)
    branch.segments.push_back(segment.getValue());
  branch.repeat = repeat;
  branch.perHead = perHead;
  return branch;
}

planner::Branch BranchAttr::getBranch() const {
  return toBranch(getSegments(), getRepeat(), getPerHead());
}

LogicalResult BranchAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<SegmentAttr> segments, bool repeat,
                                 bool perHead) {
  return report(emitError, checkBranch(toBranch(segments, repeat, perHead)));
}

/// `[segments]` and its flags, then those of what follows (`more`): one list,
/// because a keyword cannot be put back.
static ParseResult parseBranch(AsmParser &parser, BranchAttr &branch,
                               ArrayRef<Property> more = {}) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<SegmentAttr> segments;
  auto parseElement = [&] {
    return parseSegment(parser, segments.emplace_back());
  };
  bool repeat = false, perHead = false;
  SmallVector<Property> flags = {flag("repeat", repeat),
                                 flag("per_head", perHead)};
  llvm::append_range(flags, more);
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     parseElement) ||
      parseProperties(parser, flags))
    return failure();
  branch = parser.getChecked<BranchAttr>(loc, parser.getContext(),
                                         ArrayRef(segments), repeat, perHead);
  return success(branch != nullptr);
}

static void printBranch(AsmPrinter &printer, BranchAttr branch) {
  printer << "[";
  llvm::interleaveComma(branch.getSegments(), printer, [&](SegmentAttr s) {
    printSegment(printer, s.getValue());
  });
  printer << "]" << (branch.getRepeat() ? " repeat" : "")
          << (branch.getPerHead() ? " per_head" : "");
}

Attribute BranchAttr::parse(AsmParser &parser, Type) {
  BranchAttr branch;
  if (parser.parseLess() || parseBranch(parser, branch) ||
      parser.parseGreater())
    return {};
  return branch;
}

void BranchAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printBranch(printer, *this);
  printer << ">";
}

//===----------------------------------------------------------------------===//
// PatternAttr
//===----------------------------------------------------------------------===//

planner::Pattern PatternAttr::getPattern() const {
  planner::Pattern pattern;
  for (BranchAttr branch : getBranches())
    pattern.branches.push_back(branch.getBranch());
  pattern.detachMixing = getDetachMixing();
  return pattern;
}

PatternAttr PatternAttr::get(MLIRContext *context,
                             const planner::Pattern &pattern) {
  SmallVector<BranchAttr> branches;
  for (const planner::Branch &branch : pattern.branches) {
    SmallVector<SegmentAttr> segments;
    for (const planner::Segment &segment : branch.segments)
      segments.push_back(SegmentAttr::get(context, segment));
    branches.push_back(
        BranchAttr::get(context, segments, branch.repeat, branch.perHead));
  }
  return get(context, branches, pattern.detachMixing);
}

LogicalResult PatternAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  ArrayRef<BranchAttr> branches, bool) {
  // Each branch has been checked when it was made.
  if (branches.empty())
    return report(emitError, checkPattern(planner::Pattern()));
  return success();
}

/// Branches joined by `+`, the last one followed by `detach_mixing` or not.
static ParseResult parseBranches(AsmParser &parser,
                                 SmallVectorImpl<BranchAttr> &branches,
                                 bool &detachMixing) {
  do {
    if (detachMixing)
      return parser.emitError(parser.getCurrentLocation(),
                              "'detach_mixing' follows the last branch");
    if (parseBranch(parser, branches.emplace_back(),
                    flag("detach_mixing", detachMixing)))
      return failure();
  } while (succeeded(parser.parseOptionalPlus()));
  return success();
}

ParseResult rdattn::parsePatternBody(AsmParser &parser, PatternAttr &pattern) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<BranchAttr> branches;
  bool detachMixing = false;
  if (parseBranches(parser, branches, detachMixing))
    return failure();
  pattern = parser.getChecked<PatternAttr>(loc, parser.getContext(),
                                           ArrayRef(branches), detachMixing);
  return success(pattern != nullptr);
}

void rdattn::printPatternBody(AsmPrinter &printer, Operation *,
                              PatternAttr pattern) {
  llvm::interleave(
      pattern.getBranches(), printer,
      [&](BranchAttr branch) { printBranch(printer, branch); }, " + ");
  if (pattern.getDetachMixing())
    printer << " detach_mixing";
}

Attribute PatternAttr::parse(AsmParser &parser, Type) {
  PatternAttr pattern;
  if (parser.parseLess() || parsePatternBody(parser, pattern) ||
      parser.parseGreater())
    return {};
  return pattern;
}

void PatternAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printPatternBody(printer, nullptr, *this);
  printer << ">";
}
