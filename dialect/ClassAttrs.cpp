//===- ClassAttrs.cpp - Residue classes as attributes ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"

using namespace mlir;
using namespace rdattn;
using planner::Access;
using planner::ClassGroup;

llvm::hash_code planner::hash_value(const ClassGroup &group) {
  Grid grid = group.grid.value_or(Grid{0, 0});
  return llvm::hash_combine(
      static_cast<int>(group.access), group.first, group.length, group.times,
      group.period, group.stride, grid.rows, grid.cols,
      group.window.value_or(0), group.runs.rows, group.runs.stride);
}

//===----------------------------------------------------------------------===//
// ClassGroupAttr
//===----------------------------------------------------------------------===//

LogicalResult
ClassGroupAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       ClassGroup group) {
  return report(emitError, checkGroup(group));
}

static ParseResult parseAccess(AsmParser &parser, Access &access) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  (void)parser.parseOptionalKeyword(&keyword);
  if (keyword == "contiguous")
    access = Access::Contiguous;
  else if (keyword == "strided")
    access = Access::Strided;
  else if (keyword == "gathered")
    access = Access::Gathered;
  else
    return parser.emitError(
        loc, "unknown access: expected 'contiguous', 'strided' or 'gathered'");
  return success();
}

static StringRef accessName(Access access) {
  switch (access) {
  case Access::Contiguous:
    return "contiguous";
  case Access::Strided:
    return "strided";
  case Access::Gathered:
    return "gathered";
  }
  llvm_unreachable("unknown access");
}

/// `first to end`.
static ParseResult parseRange(AsmParser &parser, ClassGroup &group) {
  int64_t end;
  SMLoc loc;
  if (parseInt64(parser, group.first) || parser.parseKeyword("to") ||
      parser.getCurrentLocation(&loc) || parseInt64(parser, end))
    return failure();
  if (llvm::SubOverflow(end, group.first, group.length))
    return parser.emitError(loc, "the length of ")
           << group.first << " to " << end << " does not fit in 64 bits";
  return success();
}

/// `runs rows by stride`.
static ParseResult parseRuns(AsmParser &parser, planner::Runs &runs) {
  return failure(parseInt64(parser, runs.rows) || parser.parseKeyword("by") ||
                 parseInt64(parser, runs.stride));
}

/// `times count every period`, where `?` counts as many as cover the tokens.
static ParseResult parseTimes(AsmParser &parser, ClassGroup &group) {
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalQuestion())) {
    group.times = ClassGroup::kUnbounded;
  } else {
    if (parseInt64(parser, group.times))
      return failure();
    if (group.times < 1)
      return parser.emitError(loc, "'times' must be at least 1, or '?'");
  }
  return failure(parser.parseKeyword("every") ||
                 parseInt64(parser, group.period));
}

/// What a class group says after its tokens. Its order names its grid: the
/// length that the default grid comes from may have been cut away.
static ParseResult parseClassProperties(AsmParser &parser, ClassGroup &group) {
  planner::Order order;
  SMLoc loc = parser.getCurrentLocation();
  if (parseProperties(parser,
                      {integer(parser, "stride", group.stride),
                       rdattn::order(parser, order),
                       {"runs", [&] { return parseRuns(parser, group.runs); }},
                       integer(parser, "window", group.window),
                       {"times", [&] { return parseTimes(parser, group); }}}))
    return failure();
  if (order.kind == planner::OrderKind::Hilbert && !order.grid)
    return parser.emitError(
        loc, "the order of classes names its grid: 'hilbert<rows x cols>'");
  group.grid = order.grid;
  return success();
}

static ParseResult parseClassGroup(AsmParser &parser, ClassGroupAttr &group) {
  SMLoc loc = parser.getCurrentLocation();
  ClassGroup value;
  if (parseAccess(parser, value.access) || parseRange(parser, value) ||
      parseClassProperties(parser, value))
    return failure();
  group = parser.getChecked<ClassGroupAttr>(loc, parser.getContext(), value);
  return success(group != nullptr);
}

static void printTimes(AsmPrinter &printer, const ClassGroup &group) {
  if (group.times == 1 && group.period == 0)
    return;
  printer << " times ";
  if (group.times == ClassGroup::kUnbounded)
    printer << "?";
  else
    printer << group.times;
  printer << " every " << group.period;
}

static void printClassGroup(AsmPrinter &printer, const ClassGroup &group) {
  printer << accessName(group.access) << " " << group.first << " to "
          << group.first + group.length;
  if (group.stride != 1)
    printer << " stride " << group.stride;
  if (group.grid) {
    printer << " order ";
    printGrid(printer, *group.grid);
  }
  if (!(group.runs == planner::Runs()))
    printer << " runs " << group.runs.rows << " by " << group.runs.stride;
  if (group.window)
    printer << " window " << *group.window;
  printTimes(printer, group);
}

Attribute ClassGroupAttr::parse(AsmParser &parser, Type) {
  ClassGroupAttr group;
  if (parser.parseLess() || parseClassGroup(parser, group) ||
      parser.parseGreater())
    return {};
  return group;
}

void ClassGroupAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printClassGroup(printer, getValue());
  printer << ">";
}

//===----------------------------------------------------------------------===//
// BranchClassesAttr
//===----------------------------------------------------------------------===//

static planner::BranchClasses toBranch(ArrayRef<ClassGroupAttr> groups,
                                       bool perHead) {
  planner::BranchClasses branch;
  for (ClassGroupAttr group : groups)
    branch.groups.push_back(group.getValue());
  branch.perHead = perHead;
  return branch;
}

planner::BranchClasses BranchClassesAttr::getBranchClasses() const {
  return toBranch(getGroups(), getPerHead());
}

BranchClassesAttr BranchClassesAttr::get(MLIRContext *context,
                                         const planner::BranchClasses &branch) {
  SmallVector<ClassGroupAttr> groups;
  for (const ClassGroup &group : branch.groups)
    groups.push_back(ClassGroupAttr::get(context, group));
  return get(context, groups, branch.perHead);
}

LogicalResult
BranchClassesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          ArrayRef<ClassGroupAttr> groups, bool perHead) {
  return report(emitError, checkDisjoint(toBranch(groups, perHead)));
}

ParseResult rdattn::parseBranchClassesBody(AsmParser &parser,
                                           BranchClassesAttr &branch) {
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<ClassGroupAttr> groups;
  auto parseElement = [&] {
    return parseClassGroup(parser, groups.emplace_back());
  };
  bool perHead = false;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     parseElement) ||
      parseProperties(parser, flag("per_head", perHead)))
    return failure();
  branch = parser.getChecked<BranchClassesAttr>(loc, parser.getContext(),
                                                ArrayRef(groups), perHead);
  return success(branch != nullptr);
}

void rdattn::printBranchClassesBody(AsmPrinter &printer, Operation *,
                                    BranchClassesAttr branch) {
  printer << "[";
  llvm::interleaveComma(branch.getGroups(), printer, [&](ClassGroupAttr g) {
    printClassGroup(printer, g.getValue());
  });
  printer << "]" << (branch.getPerHead() ? " per_head" : "");
}

Attribute BranchClassesAttr::parse(AsmParser &parser, Type) {
  BranchClassesAttr branch;
  if (parser.parseLess() || parseBranchClassesBody(parser, branch) ||
      parser.parseGreater())
    return {};
  return branch;
}

void BranchClassesAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printBranchClassesBody(printer, nullptr, *this);
  printer << ">";
}

//===----------------------------------------------------------------------===//
// Lists of branches
//===----------------------------------------------------------------------===//

ParseResult rdattn::parseBranchList(OpAsmParser &parser, ArrayAttr &branches) {
  SmallVector<Attribute> list;
  do {
    BranchClassesAttr branch;
    if (parseBranchClassesBody(parser, branch))
      return failure();
    list.push_back(branch);
  } while (succeeded(parser.parseOptionalPlus()));
  branches = parser.getBuilder().getArrayAttr(list);
  return success();
}

void rdattn::printBranchList(OpAsmPrinter &printer, Operation *op,
                             ArrayAttr branches) {
  llvm::interleave(
      branches.getAsRange<BranchClassesAttr>(), printer,
      [&](BranchClassesAttr b) { printBranchClassesBody(printer, op, b); },
      " + ");
}
