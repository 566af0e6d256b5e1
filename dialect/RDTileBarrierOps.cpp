//===- RDTileBarrierOps.cpp - Shared memory and barriers ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

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
