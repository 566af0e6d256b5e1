//===- Pack.cpp - The kernels that pack what a ring's step sends ----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"
#include "lib/Planner/RingPacking.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr int64_t kWarp = 32;
static constexpr int64_t kWarps = kMergeThreads / kWarp;
/// Pieces that a lane has read before it writes the first.
static constexpr int64_t kPiecesAtOnce = 4;

namespace {
/// A warp takes one item of the table at a time, of one batch of k or of v:
/// what the item writes lies together, and lanes take its pieces in turn.
class PackKernel {
public:
  using Values = I32Builder::Values;

  /// `width` columns are a piece.
  PackKernel(I32Builder &b, const KernelKey &key, int64_t width)
      : b(b), key(key), width(width) {}

  gpu::GPUFuncOp build(StringRef name);

private:
  /// planner::PackItem
  struct Item {
    Value first, stride, tokens, head, heads, place; ///< i32
  };
  /// A tensor's part of the launch.
  struct Rows {
    Value from, to;
    int64_t columns;
  };
  struct Piece {
    Value exists; ///< null where it does
    Values from, to;
  };

  void forEachUnit();
  void packUnit(Value unit);
  Item itemAt(Value number);
  void pack(const Item &item, Value batch, const Rows &rows);
  void packPieces(const Item &item, Value batch, const Rows &rows, Value piece,
                  Value count);
  Piece pieceAt(const Item &item, Value batch, const Rows &rows, Value piece);
  Value load(Value from, ValueRange at);
  void store(Value value, Value to, ValueRange at);
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }

  I32Builder &b;
  const KernelKey &key;
  const int64_t width;
  Rows keys, values;
  Value items;
  Value count; ///< of the items, as an index
  Value lane;
};
} // namespace

static MemRefType packedType(Type element, int64_t columns) {
  constexpr int64_t dynamic = ShapedType::kDynamic;
  return MemRefType::get({dynamic, dynamic, 1, columns}, element);
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

Value PackKernel::load(Value from, ValueRange at) {
  if (width == 1)
    return memref::LoadOp::create(b, from, at);
  return vector::LoadOp::create(b, VectorType::get(width, key.element), from,
                                at, /*nontemporal=*/false,
                                llvm::MaybeAlign(kPackVectorBytes));
}

void PackKernel::store(Value value, Value to, ValueRange at) {
  if (width == 1)
    memref::StoreOp::create(b, value, to, at);
  else
    vector::StoreOp::create(b, value, to, at, /*nontemporal=*/false,
                            llvm::MaybeAlign(kPackVectorBytes));
}

/// Where a piece of an item lies. Sums of indices have 64 bits.
PackKernel::Piece PackKernel::pieceAt(const Item &item, Value batch,
                                      const Rows &rows, Value piece) {
  const int64_t pieces = rows.columns / width;
  Value row = b.div(piece, pieces);
  Value column = b.toIndex(b.mul(b.rem(piece, pieces), width));
  Value token = b.div(row, item.heads);
  Value head = b.add(item.head, b.rem(row, item.heads));
  Value from = b.add(item.first, b.mul(token, item.stride));
  return {Value(),
          {batch, b.toIndex(from), b.toIndex(head), column},
          {batch, b.toIndex(b.add(item.place, row)), index(0), column}};
}

/// From `piece` on, below `count`. Past it a lane reads its first one again, so
/// that no branch keeps the reads apart.
void PackKernel::packPieces(const Item &item, Value batch, const Rows &rows,
                            Value piece, Value count) {
  SmallVector<Piece> pieces{pieceAt(item, batch, rows, piece)};
  for (int64_t i = 1; i < kPiecesAtOnce; ++i) {
    Value next = b.add(piece, i * kWarp);
    Value exists = b.less(next, count);
    pieces.push_back(pieceAt(item, batch, rows, b.select(exists, next, piece)));
    pieces.back().exists = exists;
  }
  Values read;
  for (const Piece &each : pieces)
    read.push_back(load(rows.from, each.from));
  for (auto [each, value] : llvm::zip(pieces, read))
    if (each.exists)
      b.when(each.exists,
             [&, &to = each.to, value = value] { store(value, rows.to, to); });
    else
      store(value, rows.to, each.to);
}

void PackKernel::pack(const Item &item, Value batch, const Rows &rows) {
  Value count = b.mul(b.mul(item.tokens, item.heads), rows.columns / width);
  b.loop(lane, count, kPiecesAtOnce * kWarp,
         [&](Value piece) { packPieces(item, batch, rows, piece, count); });
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

PackKernel::Item PackKernel::itemAt(Value number) {
  Values words;
  for (int64_t column = 0; column < planner::kPackItemColumns; ++column)
    words.push_back(
        memref::LoadOp::create(b, items, ValueRange{number, index(column)}));
  return {words[0], words[1], words[2], words[3], words[4], words[5]};
}

/// Units are counted with items first, then k and v, then batches.
void PackKernel::packUnit(Value unit) {
  Item item = itemAt(b.rem(unit, count));
  Value part = b.div(unit, count);
  Value batch = b.div(part, index(2));
  b.choose(
      b.equal(b.rem(part, index(2)), index(0)),
      [&] {
        pack(item, batch, keys);
        return Values();
      },
      [&] {
        pack(item, batch, values);
        return Values();
      });
}

/// A warp's units: as many as there are warps lie from one to the next.
void PackKernel::forEachUnit() {
  constexpr auto x = gpu::Dimension::x;
  Type type = b.getIndexType();
  Value thread = gpu::ThreadIdOp::create(b, type, x);
  Value block = gpu::BlockIdOp::create(b, type, x);
  Value blocks = gpu::GridDimOp::create(b, type, x);
  lane = b.toI32(b.rem(thread, index(kWarp)));
  count = memref::DimOp::create(b, items, 0);
  Value batches = memref::DimOp::create(b, keys.from, 0);
  Value first = b.add(b.mul(block, index(kWarps)), b.div(thread, index(kWarp)));
  Value units = b.mul(count, b.mul(batches, index(2)));
  auto loop = scf::ForOp::create(b, first, units, b.mul(blocks, index(kWarps)));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  packUnit(loop.getInductionVar());
}

gpu::GPUFuncOp PackKernel::build(StringRef name) {
  OpBuilder::InsertionGuard guard(b);
  Type types[] = {
      tensorType(key.element, key.headDim),
      tensorType(key.element, key.valueDim),
      packedType(key.element, key.headDim),
      packedType(key.element, key.valueDim),
      MemRefType::get({ShapedType::kDynamic, planner::kPackItemColumns},
                      b.getI32Type())};
  gpu::GPUFuncOp function = createKernel(b, name, types, kMergeThreads);
  keys = {function.getArgument(0), function.getArgument(2), key.headDim};
  values = {function.getArgument(1), function.getArgument(3), key.valueDim};
  items = function.getArgument(4);
  forEachUnit();
  gpu::ReturnOp::create(b);
  return function;
}

gpu::GPUFuncOp rdtile::buildPackKernel(I32Builder &b, const KernelKey &key,
                                       StringRef name, bool inVectors) {
  const int64_t bits = key.element.getIntOrFloatBitWidth();
  return PackKernel(b, key, inVectors ? kPackVectorBytes * 8 / bits : 1)
      .build(name);
}
