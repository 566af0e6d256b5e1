//===- ResultRows.cpp - Kernels that only give results --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/ResultRows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr int64_t kVectorBytes = 16; ///< that one instruction reads
/// Bounds the registers, so that enough rows are in flight.
static constexpr int64_t kBlocksPerMultiprocessor = 5;

static int64_t bytesOf(Type element) {
  return element.getIntOrFloatBitWidth() / 8;
}

ResultRows::ResultRows(I32Builder &b, const KernelKey &key, int64_t rowsAtOnce)
    : b(b), key(key),
      width(std::gcd(key.valueDim, kVectorBytes / bytesOf(key.element))),
      lanes(key.valueDim / width), rows(kMergeThreads / lanes),
      rowsAtOnce(rowsAtOnce) {
  assert(rows > 0 && "a block must hold a row");
}

int64_t ResultRows::vectorBytes() const { return width * bytesOf(key.element); }

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Tiles are counted with heads first: what is near in memory is computed at
/// one time.
ResultRows::Tile ResultRows::tileAt(Value count) {
  Value rest = b.div(count, heads);
  return {b.div(rest, tiles), b.rem(count, heads), b.rem(rest, tiles)};
}

/// `step` tiles further, without a division.
ResultRows::Tile ResultRows::advanced(const Tile &tile, const Tile &step) {
  Value carry = b.i32(0);
  auto digit = [&](Value a, Value c, Value base) {
    Value sum = b.add(b.add(a, c), carry);
    Value overflows = b.lessEqual(base, sum);
    carry = b.select(overflows, b.i32(1), b.i32(0));
    return b.select(overflows, b.sub(sum, base), sum);
  };
  Value head = digit(tile.head, step.head, heads);
  Value number = digit(tile.number, step.number, tiles);
  return {b.add(b.add(tile.batch, step.batch), carry), head, number};
}

/// The block's tiles: as many as there are blocks lie from one to the next.
void ResultRows::forEachTile() {
  Type index = b.getIndexType();
  constexpr auto x = gpu::Dimension::x;
  Tile first = tileAt(b.toI32(gpu::BlockIdOp::create(b, index, x)));
  Tile step = tileAt(b.toI32(gpu::GridDimOp::create(b, index, x)));
  SmallVector<Value> initial = first.values();
  auto types = ValueRange(initial).getTypes();
  scf::WhileOp::create(
      b, types, initial,
      [&](OpBuilder &, Location, ValueRange carried) {
        Value exists = b.less(carried[0], batches);
        scf::ConditionOp::create(b, exists, carried);
      },
      [&](OpBuilder &, Location, ValueRange carried) {
        Tile next = computeTiles(Tile::fromValues(carried), step);
        scf::YieldOp::create(b, next.values());
      });
}

ResultRows::Row ResultRows::rowOf(const Tile &tile) {
  Value token = b.add(b.mul(tile.number, rows), slot);
  Value exists = b.both(b.less(slot, b.i32(rows)), b.less(token, tokens));
  return {tile.batch, token, tile.head, exists};
}

/// Gives the tile behind those that it computes.
ResultRows::Tile ResultRows::computeTiles(Tile tile, const Tile &step) {
  SmallVector<Row> computed{rowOf(tile)};
  tile = advanced(tile, step);
  for (int64_t i = 1; i < rowsAtOnce; ++i) {
    Row row = rowOf(tile);
    row.exists = b.both(row.exists, b.less(tile.batch, batches));
    computed.push_back(row);
    tile = advanced(tile, step);
  }
  computeRows(computed);
  return tile;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Whether all vectors of o are at multiples of their size.
Value ResultRows::areVectorsAligned() {
  auto data = memref::ExtractStridedMetadataOp::create(b, o);
  Value bits = memref::ExtractAlignedPointerAsIndexOp::create(b, o);
  Value bytes = arith::ConstantIndexOp::create(b, bytesOf(key.element));
  for (Value stride : data.getStrides().drop_back())
    bits = b.bitOr(bits, b.mul(stride, bytes));
  Value mask = arith::ConstantIndexOp::create(b, vectorBytes() - 1);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  return b.equal(b.bitAnd(bits, mask), zero);
}

void ResultRows::writeOutputs(const Row &row, Value outputs) {
  if (!key.element.isF32())
    outputs = arith::TruncFOp::create(b, VectorType::get(width, key.element),
                                      outputs);
  Values at{row.batch, row.token, row.head, b.mul(lane, width)};
  auto write = [&] {
    Values indices =
        llvm::map_to_vector(at, [&](Value i) { return b.toIndex(i); });
    vector::StoreOp::create(b, outputs, o, indices, /*nontemporal=*/false,
                            llvm::MaybeAlign(vectorBytes()));
    return Values();
  };
  auto writeElements = [&] {
    for (int64_t i = 0; i < width; ++i)
      b.store(vector::ExtractOp::create(b, outputs, i), o,
              {row.batch, row.token, row.head, b.add(at.back(), i)});
    return Values();
  };
  b.choose(isAligned, write, writeElements);
}

void ResultRows::writeLse(const Row &row, Value shift, Value sum) {
  constexpr double kLn2 = 0.6931471805599453;
  // An empty row's is -inf + log2(0).
  Value log = b.addf(shift, math::Log2Op::create(b, sum));
  b.store(b.mulf(log, b.f32(kLn2)), lse, {row.batch, row.head, row.token});
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

void ResultRows::prepare() {
  batches = b.dim(o, 0);
  tokens = b.dim(o, 1);
  heads = b.dim(o, 2);
  tiles = b.ceilDiv(tokens, rows);
  Value thread =
      b.toI32(gpu::ThreadIdOp::create(b, b.getIndexType(), gpu::Dimension::x));
  lane = b.rem(thread, lanes);
  slot = b.div(thread, lanes);
  isAligned = areVectorsAligned();
}

gpu::GPUFuncOp ResultRows::create(StringRef name, ArrayRef<Type> inputTypes,
                                  MutableArrayRef<Value> inputs) {
  OpBuilder::InsertionGuard guard(b);
  SmallVector<Type> types(inputTypes);
  types.push_back(tensorType(key.element, key.valueDim));
  if (key.hasLse)
    types.push_back(logSumExpType(b.getContext()));
  gpu::GPUFuncOp function = createKernel(b, name, types, kMergeThreads);
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    b.getI32IntegerAttr(kBlocksPerMultiprocessor));
  for (auto [index, input] : llvm::enumerate(inputs))
    input = function.getArgument(index);
  o = function.getArgument(inputs.size());
  lse = key.hasLse ? Value(function.getArgument(inputs.size() + 1)) : Value();
  prepare();
  forEachTile();
  gpu::ReturnOp::create(b);
  return function;
}
