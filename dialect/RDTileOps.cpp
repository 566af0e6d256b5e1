//===- RDTileOps.cpp - Syntax and rules of the rdtile operations ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

//===----------------------------------------------------------------------===//
// Shared memory and barriers
//===----------------------------------------------------------------------===//

/// What one block of a Hopper GPU can have.
static constexpr int64_t kMaxSharedBytes = 227 * 1024;
static constexpr int64_t kSwizzlePeriod = 1024;

static bool isWorkgroup(MemRefType type) {
  auto space = dyn_cast_or_null<gpu::AddressSpaceAttr>(type.getMemorySpace());
  return space && space.getValue() == gpu::AddressSpace::Workgroup;
}

/// The bytes and the alignment of what a block keeps in shared memory.
static std::pair<int64_t, int64_t> layoutOf(Type type) {
  if (auto ring = dyn_cast<RingType>(type))
    return {ring.getBytes(), kSwizzlePeriod};
  if (auto barriers = dyn_cast<BarriersType>(type))
    return {8 * barriers.getCount(), 8};
  auto memref = cast<MemRefType>(type);
  int64_t bytes = memref.getElementTypeBitWidth() / 8;
  return {memref.getNumElements() * bytes, bytes};
}

LogicalResult SharedOp::verify() {
  auto memref = dyn_cast<MemRefType>(getType());
  if (memref && (!isWorkgroup(memref) || !memref.getLayout().isIdentity()))
    return emitOpError() << "a memref must be contiguous and in the "
                            "workgroup's address space, got "
                         << memref;
  auto [bytes, alignment] = layoutOf(getType());
  int64_t offset = getOffsetAttr().getInt();
  if (offset < 0 || offset % alignment != 0)
    return emitOpError() << "offset must be a multiple of " << alignment
                         << ", got " << offset;
  if (offset + bytes > kMaxSharedBytes)
    return emitOpError() << "ends at byte " << offset + bytes
                         << ", but a block has " << kMaxSharedBytes
                         << " bytes of shared memory";
  return success();
}

ParseResult StageOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand ring, index;
  RingType type;
  if (parser.parseOperand(ring) || parser.parseLSquare() ||
      parser.parseOperand(index) || parser.parseRSquare() ||
      parser.parseOptionalAttrDict(result.attributes) || parser.parseColon() ||
      parser.parseType(type) ||
      parser.resolveOperand(ring, type, result.operands) ||
      parser.resolveOperand(index, parser.getBuilder().getI32Type(),
                            result.operands))
    return failure();
  result.addTypes(type.getTile());
  return success();
}

void StageOp::print(OpAsmPrinter &printer) {
  printer << " " << getRing() << "[" << getIndex() << "]";
  printer.printOptionalAttrDict((*this)->getAttrs());
  printer << " : " << getRing().getType();
}

LogicalResult StageOp::verify() {
  if (getTile().getType() != getRing().getType().getTile())
    return emitOpError() << "must give the ring's tile "
                         << getRing().getType().getTile() << ", got "
                         << getTile().getType();
  return success();
}

LogicalResult InitBarriersOp::verify() {
  int64_t arrivals = getArrivalsAttr().getInt();
  if (arrivals >= 1 && arrivals < (1 << 20))
    return success();
  return emitOpError() << "arrivals must be 1 to " << (1 << 20) - 1 << ", got "
                       << arrivals;
}

LogicalResult ExpectOp::verify() {
  int64_t bytes = getBytesAttr().getInt();
  if (bytes >= 1 && bytes < (1 << 20))
    return success();
  return emitOpError() << "bytes must be 1 to " << (1 << 20) - 1
                       << ", what a barrier can count, got " << bytes;
}

static LogicalResult verifyNamedBarrier(Operation *op, int64_t threads) {
  if (threads >= 32 && threads <= 1024 && threads % 32 == 0)
    return success();
  return op->emitOpError()
         << "threads must be a multiple of 32 up to 1024, got " << threads;
}

LogicalResult SyncWarpsOp::verify() {
  return verifyNamedBarrier(*this, getThreadsAttr().getInt());
}

LogicalResult SignalWarpsOp::verify() {
  return verifyNamedBarrier(*this, getThreadsAttr().getInt());
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

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

LogicalResult LookupOp::verify() {
  Type i32 = IntegerType::get(getContext(), 32);
  return verifyBody(*this, getBody(), {i32}, i32);
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
  return success();
}

LogicalResult StoreRowsOp::verify() {
  int64_t columns = getTarget().getType().getDimSize(3);
  int64_t held = getValue().getType().getColumns();
  if (ShapedType::isDynamic(columns) || columns > held)
    return emitOpError() << "target's last dimension must be static and at "
                            "most the accumulator's "
                         << held << " columns, got " << getTarget().getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

static LogicalResult verifyRegisters(Operation *op, StringRef role,
                                     int64_t registers) {
  if (registers >= 24 && registers <= 256 && registers % 8 == 0)
    return success();
  return op->emitOpError() << "registers of the " << role
                           << " must be a multiple of 8 from 24 to 256, got "
                           << registers;
}

/// Registers of a thread in each warpgroup, summed: what a block of this many
/// threads is launched with is rounded down to a multiple of 8.
static int64_t registerPool(int64_t warpgroups) {
  int64_t each = 65536 / (warpgroups * kWarpgroupThreads) / 8 * 8;
  return std::min<int64_t>(each, 256) * warpgroups;
}

LogicalResult RolesOp::verify() {
  int64_t consumers = getConsumersAttr().getInt();
  if (consumers < 1 || consumers > 3)
    return emitOpError() << "consumers must be 1 to 3, got " << consumers;
  int64_t forProducer = getProducerRegistersAttr().getInt();
  int64_t forConsumer = getConsumerRegistersAttr().getInt();
  if (failed(verifyRegisters(*this, "producer", forProducer)) ||
      failed(verifyRegisters(*this, "consumers", forConsumer)))
    return failure();
  int64_t pool = registerPool(1 + consumers);
  if (forProducer + consumers * forConsumer > pool)
    return emitOpError() << "asks for " << forProducer << " + " << consumers
                         << " * " << forConsumer
                         << " registers, but the block has " << pool
                         << "; more would wait for ever";
  Type i32 = IntegerType::get(getContext(), 32);
  if (getConsumer().getNumArguments() != 1 ||
      getConsumer().getArgument(0).getType() != i32)
    return emitOpError() << "consumer region must take the warpgroup's number "
                            "as i32";
  return success();
}
