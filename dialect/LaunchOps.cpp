//===- LaunchOps.cpp - rdattn.plan and rdattn.launch ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/CommonSyntax.h"
#include "dialect/LaunchTables.h"

using namespace mlir;
using namespace rdattn;

//===----------------------------------------------------------------------===//
// PlanOp
//===----------------------------------------------------------------------===//

LogicalResult rdattn::verifyItems(Operation *op, ShapedType items) {
  if (items.getDimSize(1) != planner::kWorkItemColumns)
    return op->emitOpError()
           << "a work table must have " << planner::kWorkItemColumns
           << " columns, got " << items;
  return success();
}

LogicalResult PlanOp::verify() {
  int64_t queries = getQueriesAttr().getInt();
  if (queries < 1)
    return emitOpError() << "queries must be at least 1, got " << queries;
  int64_t group = getGroupAttr().getInt();
  if (group < 0)
    return emitOpError() << "group must be at least 0, which sorts a whole "
                            "branch, got "
                         << group;
  if (group > 0 && getOrder() == TileOrder::Plain)
    return emitOpError() << "group(" << group
                         << ") needs order(longest_first): a plain table is "
                            "not sorted";
  if (getBranches().empty())
    return emitOpError() << "needs the classes of at least one branch";
  int64_t phases = cast<ShapedType>(getPhases().getType()).getDimSize(0);
  int64_t expected = getBranches().size() + 1;
  if (ShapedType::isStatic(phases) && phases != expected)
    return emitOpError() << "phases must have " << expected
                         << " entries, one more than there are branches, got "
                         << phases;
  return verifyItems(*this, cast<ShapedType>(getItems().getType()));
}

ParseResult rdattn::parseTileOrder(OpAsmParser &parser, TileOrderAttr &order) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<TileOrder> value = symbolizeTileOrder(name);
  if (!value)
    return parser.emitError(loc, "unknown order '")
           << name << "': expected 'plain' or 'longest_first'";
  order = TileOrderAttr::get(parser.getContext(), *value);
  return success();
}

void rdattn::printTileOrder(OpAsmPrinter &printer, Operation *,
                            TileOrderAttr order) {
  printer << stringifyTileOrder(order.getValue());
}

//===----------------------------------------------------------------------===//
// LaunchOp: syntax
//===----------------------------------------------------------------------===//

using Operands = SmallVector<OpAsmParser::UnresolvedOperand>;

/// `keyword(%a, %b : types)`, with types as `parseTypes` reads them.
static ParseResult parseClause(OpAsmParser &parser, StringRef keyword,
                               Operands &operands,
                               function_ref<ParseResult()> parseTypes) {
  return failure(parser.parseKeyword(keyword) || parser.parseLParen() ||
                 parser.parseOperandList(operands) || parser.parseColon() ||
                 parseTypes() || parser.parseRParen());
}

/// `ins(%q, %k, %v : T)`, with one type or three.
static ParseResult parseIns(OpAsmParser &parser, OperationState &result) {
  Operands inputs;
  SMLoc loc = parser.getCurrentLocation();
  SmallVector<Type> types(3);
  auto parseTypes = [&] {
    return parseInputTypes(parser, types[0], types[1], types[2]);
  };
  return failure(parseClause(parser, "ins", inputs, parseTypes) ||
                 parser.resolveOperands(inputs, types, loc, result.operands));
}

static ParseResult parseTyped(OpAsmParser &parser, StringRef keyword,
                              SmallVectorImpl<Type> &types,
                              OperationState &result) {
  Operands operands;
  SMLoc loc = parser.getCurrentLocation();
  auto parseTypes = [&] { return parser.parseTypeList(types); };
  return failure(parseClause(parser, keyword, operands, parseTypes) ||
                 parser.resolveOperands(operands, types, loc, result.operands));
}

static ParseResult parseScaleOperand(OpAsmParser &parser,
                                     OperationState &result) {
  OpAsmParser::UnresolvedOperand scale;
  return failure(parser.parseKeyword("scale") || parser.parseLParen() ||
                 parser.parseOperand(scale) || parser.parseRParen() ||
                 parser.resolveOperand(scale, parser.getBuilder().getF32Type(),
                                       result.operands));
}

/// `causal gathered windowed isolated`, any of them, in this order.
static void parseFlags(OpAsmParser &parser, LaunchOp::Properties &properties) {
  std::pair<StringRef, UnitAttr *> flags[] = {
      {"causal", &properties.causal},
      {"gathered", &properties.gathered},
      {"windowed", &properties.windowed},
      {"isolated", &properties.isolated}};
  for (auto [keyword, attribute] : flags)
    if (succeeded(parser.parseOptionalKeyword(keyword)))
      *attribute = parser.getBuilder().getUnitAttr();
}

ParseResult rdattn::parseEpilogueName(OpAsmParser &parser,
                                      EpilogueAttr &epilogue) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<Epilogue> value = symbolizeEpilogue(name);
  if (!value)
    return parser.emitError(loc, "unknown epilogue '")
           << name << "': expected 'store', 'fill' or 'merge'";
  epilogue = EpilogueAttr::get(parser.getContext(), *value);
  return success();
}

void rdattn::printEpilogueName(OpAsmPrinter &printer, Operation *,
                               EpilogueAttr epilogue) {
  printer << stringifyEpilogue(epilogue.getValue());
}

static ParseResult parseEpilogue(OpAsmParser &parser, EpilogueAttr &epilogue) {
  return failure(parser.parseKeyword("epilogue") || parser.parseLParen() ||
                 parseEpilogueName(parser, epilogue) || parser.parseRParen());
}

static ParseResult parseSchedule(OpAsmParser &parser,
                                 ScheduleAttrInterface &schedule) {
  Attribute attribute;
  SMLoc loc;
  if (parser.parseKeyword("schedule") || parser.parseLParen() ||
      parser.getCurrentLocation(&loc) || parser.parseAttribute(attribute) ||
      parser.parseRParen())
    return failure();
  schedule = dyn_cast<ScheduleAttrInterface>(attribute);
  if (!schedule)
    return parser.emitError(loc, "expected a schedule: #rdattn.cpu, "
                                 "#rdattn.sm80 or #rdattn.sm90");
  return success();
}

ParseResult LaunchOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<Type> tables, outputs;
  auto &properties = result.getOrAddProperties<Properties>();
  if (parseIns(parser, result) || parseScaleOperand(parser, result) ||
      parseTyped(parser, "table", tables, result) ||
      parseTyped(parser, "outs", outputs, result))
    return failure();
  parseFlags(parser, properties);
  if (parseEpilogue(parser, properties.epilogue) ||
      parseSchedule(parser, properties.schedule) ||
      parser.parseOptionalAttrDict(result.attributes))
    return failure();
  if (llvm::all_of(outputs, llvm::IsaPred<TensorType>))
    result.addTypes(outputs);
  return success();
}

static void printTyped(OpAsmPrinter &printer, StringRef keyword,
                       ValueRange values) {
  printer << " " << keyword << "(" << values << " : " << values.getTypes()
          << ")";
}

void LaunchOp::print(OpAsmPrinter &printer) {
  printer << " ins(" << getQ() << ", " << getK() << ", " << getV() << " : ";
  printInputTypes(printer, *this, getQ().getType(), getK().getType(),
                  getV().getType());
  printer << ") scale(" << getScale() << ")";
  printTyped(printer, "table", {getItems(), getRows(), getPhases()});
  printTyped(printer, "outs", getDpsInits());
  for (auto [keyword, isSet] : {std::pair("causal", getCausal()),
                                {"gathered", getGathered()},
                                {"windowed", getWindowed()},
                                {"isolated", getIsolated()}})
    if (isSet)
      printer << " " << keyword;
  printer << " epilogue(" << stringifyEpilogue(getEpilogue()) << ") schedule("
          << getSchedule() << ")";
  printer.printOptionalAttrDict(
      (*this)->getAttrs(),
      {"causal", "gathered", "windowed", "isolated", "epilogue", "schedule"});
}

//===----------------------------------------------------------------------===//
// LaunchOp: interfaces
//===----------------------------------------------------------------------===//

void LaunchOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  for (auto [index, result] : llvm::enumerate(getResults()))
    setName(result, index == 0 ? "o" : "lse");
}

MutableOperandRange LaunchOp::getDpsInitsMutable() {
  return MutableOperandRange(*this, getOMutable().getOperandNumber(),
                             getLse() ? 2 : 1);
}

/// On memrefs a launch reads its inputs and tables and writes its results.
void LaunchOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : (*this)->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

//===----------------------------------------------------------------------===//
// LaunchOp: verifier
//===----------------------------------------------------------------------===//

LogicalResult rdattn::verifyOneForm(Operation *op, TypeRange types) {
  auto shaped = llvm::make_filter_range(types, llvm::IsaPred<ShapedType>);
  if (llvm::all_equal(llvm::map_range(shaped, llvm::IsaPred<TensorType>)))
    return success();
  return op->emitOpError() << "must work on tensors or on memrefs, not both";
}

LogicalResult rdattn::verifyForm(DestinationStyleOpInterface op) {
  if (failed(verifyOneForm(op, op->getOperandTypes())))
    return failure();
  ValueRange inits = op.getDpsInits();
  bool isTensor = isa<TensorType>(inits.front().getType());
  size_t expected = isTensor ? inits.size() : 0;
  if (op->getNumResults() == expected)
    return success();
  return op->emitOpError()
         << "must have one result for each tensor of outs and "
            "none for memrefs: expected "
         << expected << ", got " << op->getNumResults();
}

static LogicalResult verifyShape(Operation *op, StringRef name, Value value,
                                 ArrayRef<int64_t> expected, Type element) {
  auto type = cast<ShapedType>(value.getType());
  if (succeeded(verifyCompatibleShape(type.getShape(), expected)) &&
      type.getElementType() == element)
    return success();
  return op->emitOpError() << name << " must be "
                           << RankedTensorType::get(expected, element)
                           << " (tensor or memref), got " << type;
}

LogicalResult rdattn::verifyOutputs(Operation *op, const InputShapes &shapes,
                                    Value o, Value lse) {
  if (failed(verifyShape(op, "o", o, shapes.output(), shapes.elementType)))
    return failure();
  Type f32 = Float32Type::get(op->getContext());
  return lse ? verifyShape(op, "lse", lse, shapes.logSumExp(), f32) : success();
}

/// One branch is written as it is computed; several meet in a merge.
static LogicalResult verifyPhases(LaunchOp op) {
  int64_t phases = cast<ShapedType>(op.getPhases().getType()).getDimSize(0);
  if (ShapedType::isDynamic(phases))
    return success();
  if (phases < 2)
    return op.emitOpError() << "phases must have one entry more than there are "
                               "branches, got "
                            << phases;
  if (phases > 2 && op.getEpilogue() != Epilogue::Merge)
    return op.emitOpError()
           << "epilogue(" << stringifyEpilogue(op.getEpilogue())
           << ") serves one branch: " << phases - 1
           << " branches need epilogue(merge)";
  return success();
}

LogicalResult LaunchOp::verify() {
  auto emit = [&] { return emitOpError(); };
  FailureOr<InputShapes> shapes = getInputShapes(
      cast<ShapedType>(getQ().getType()), cast<ShapedType>(getK().getType()),
      cast<ShapedType>(getV().getType()), emit);
  if (failed(shapes) || failed(verifyHeads(*shapes, emit)) ||
      failed(verifyForm(*this)) ||
      failed(verifyOutputs(*this, *shapes, getO(), getLse())))
    return failure();
  if (failed(verifyItems(*this, cast<ShapedType>(getItems().getType()))) ||
      failed(verifyPhases(*this)) ||
      failed(getSchedule().verifyLaunch(emit, shapes->headDim, shapes->valueDim,
                                        shapes->elementType)))
    return failure();
  return verifyTables(*this, *shapes);
}
