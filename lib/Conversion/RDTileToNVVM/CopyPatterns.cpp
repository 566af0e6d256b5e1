//===- CopyPatterns.cpp - Copies into tiles -------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Memory.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// Bytes of a row that a product reads: whole steps of 32.
static int64_t readBytes(TileType tile) {
  return llvm::alignTo(tile.getColumns() * tile.getElementBytes(), 32);
}

/// The 128-byte swizzle: within eight rows, chunk c of row r is at c ^ (r % 8).
static Value swizzle(Emitter &b, Value chunk, Value row) {
  return b.bitXor(chunk, b.bitAnd(row, 7));
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

namespace {
/// The thread's rows: one a pass.
struct LookupLowering : Lowering<LookupOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(LookupOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TokensType type = op.getType();
    Value first = b.div(b.threadIndex(), type.getLanes());
    SmallVector<Value> tokens;
    for (int64_t pass = 0; pass < type.getRegisters(); ++pass) {
      Value passRow = b.i32(pass * type.getRowsPerPass());
      tokens.push_back(inlineBody(b, op.getBody(), b.offset(first, passRow)));
    }
    rewriter.replaceOpWithMultiple(op, {tokens});
    return success();
  }
};

/// What one thread copies of a tile.
class RowCopy {
public:
  RowCopy(Emitter &b, CopyRowsOp op,
          CopyRowsOp::GenericAdaptor<ArrayRef<ValueRange>> adaptor)
      : b(b), op(op), tile(op.getTile().getType()),
        layout(op.getTokens().getType()), tokens(adaptor.getTokens()),
        source(b, op.getSource()), address(adaptor.getTile().front()),
        base(source.address(
            {adaptor.getBatch().front(), Value(), adaptor.getHead().front()})) {
    lane = b.rem(b.threadIndex(), layout.getLanes());
    firstRow = b.div(b.threadIndex(), layout.getLanes());
  }

  void copyVectors();
  void copyElements();

private:
  void inTile(int64_t pass, function_ref<void()> copy);
  void copyVectorRow(int64_t pass, Value from, Value bytes);
  void copyElementRow(int64_t pass);
  void copyChunk(Value to, int64_t toOffset, Value from, int64_t chunk,
                 Value bytes);
  int64_t chunks() const { return readBytes(tile) / kChunkBytes; }

  Emitter &b;
  CopyRowsOp op;
  TileType tile;
  TokensType layout;
  ValueRange tokens;
  GlobalMemory source;
  Value address, base, lane, firstRow;
};
} // namespace

/// Copies the thread's row of a pass; those of the last may lie past the tile.
void RowCopy::inTile(int64_t pass, function_ref<void()> copy) {
  int64_t left = tile.getRows() - pass * layout.getRowsPerPass();
  if (left >= layout.getRowsPerPass())
    copy();
  else
    b.when(b.less(firstRow, b.i32(left)), copy);
}

/// Offsets go inside the instruction: the producer is bound by how many
/// instructions it issues. Without `bytes` all 16 are there.
void RowCopy::copyChunk(Value to, int64_t toOffset, Value from, int64_t chunk,
                        Value bytes) {
  std::string code = "cp.async.cg.shared.global.L2::128B [$0 + " +
                     std::to_string(toOffset) + "], [$1 + " +
                     std::to_string(chunk * kChunkBytes) + "], 16";
  if (bytes)
    b.ptx(code + ", $2;", {}, "r,l,r,~{memory}", {to, from, bytes});
  else
    b.ptx(code + ";", {}, "r,l,~{memory}", {to, from});
}

/// One row, from `from` on, which is the lane's place in it.
void RowCopy::copyVectorRow(int64_t pass, Value from, Value bytes) {
  int64_t lanes = layout.getLanes(), rowsPerPass = layout.getRowsPerPass();
  int64_t held = tile.getColumns() * tile.getElementBytes() / kChunkBytes;
  Value first = b.add(address, b.mul(firstRow, TileType::kPanelRowBytes));
  // With a multiple of eight rows between passes a lane keeps its place in the
  // swizzle; otherwise the pass decides.
  Value turn = b.bitAnd(b.add(firstRow, rowsPerPass % 8 * pass), 7);
  for (int64_t chunk = 0; chunk < chunks(); chunk += lanes) {
    int64_t panel = chunk / kChunksPerRow, inRow = chunk % kChunksPerRow;
    Value place = b.bitXor(b.add(lane, inRow), turn);
    Value to = b.add(first, b.mul(place, kChunkBytes));
    int64_t offset = panel * tile.getPanelBytes() +
                     pass * rowsPerPass * TileType::kPanelRowBytes;
    if (chunk + lanes <= held) {
      copyChunk(to, offset, from, chunk, bytes);
      continue;
    }
    // Past the last column come zeros, up to what a product reads.
    Value inside = b.less(lane, b.i32(held - chunk));
    Value all = bytes ? bytes : b.i32(kChunkBytes);
    Value some = b.select(inside, all, b.i32(0));
    auto copyTail = [&] { copyChunk(to, offset, from, chunk, some); };
    if (chunk + lanes <= chunks())
      copyTail();
    else
      b.when(b.less(lane, b.i32(chunks() - chunk)), copyTail);
  }
}

/// The rows of tensors that are copied in vectors are less than 2^31 bytes
/// apart, so that one instruction makes an address.
void RowCopy::copyVectors() {
  Value start = b.add(base, b.extend(b.mul(lane, kChunkBytes)));
  Value stride = source.strideBytes32(1);
  for (int64_t pass = 0; pass < layout.getRegisters(); ++pass) {
    Value row = tokens[pass], bytes;
    if (!op.getWhole()) {
      Value exists = b.lessEqual(b.i32(0), row);
      row = b.select(exists, row, b.i32(0));
      bytes = b.select(exists, b.i32(kChunkBytes), b.i32(0));
    }
    Value from = b.ptx("mad.wide.s32 $0, $1, $2, $3;", b.getI64Type(),
                       "=l,r,r,l", {row, stride, start}, /*isPure=*/true)
                     .front();
    inTile(pass, [&] { copyVectorRow(pass, from, bytes); });
  }
}

/// For tensors of any alignment.
void RowCopy::copyElements() {
  for (int64_t pass = 0; pass < layout.getRegisters(); ++pass)
    inTile(pass, [&] { copyElementRow(pass); });
}

void RowCopy::copyElementRow(int64_t pass) {
  int64_t bytes = tile.getElementBytes(), inChunk = kChunkBytes / bytes;
  Type word = b.getIntegerType(8 * bytes);
  Value row = b.add(firstRow, pass * layout.getRowsPerPass());
  Value token = tokens[pass];
  Value exists = b.lessEqual(b.i32(0), token);
  Value from = source.step(base, b.select(exists, token, b.i32(0)), 1);
  Value rowStart = b.add(address, b.mul(row, TileType::kPanelRowBytes));
  Value columns = b.i32(readBytes(tile) / bytes);
  b.loop(lane, columns, layout.getLanes(), [&](Value column) {
    Value held = b.both(exists, b.less(column, b.i32(tile.getColumns())));
    auto load = [&] {
      Value pointer = globalPointer(b, source.step(from, column, 3));
      return Emitter::Values{
          LLVM::LoadOp::create(b, word, pointer, /*alignment=*/bytes)};
    };
    auto zero = [&] {
      return Emitter::Values{
          arith::ConstantOp::create(b, b.getIntegerAttr(word, 0))};
    };
    Value bits = b.choose(held, load, zero).front();
    Value inPanel = b.rem(column, tile.getPanelColumns());
    Value place = swizzle(b, b.div(inPanel, inChunk), row);
    Value to = b.add(rowStart, b.mul(place, kChunkBytes));
    to = b.add(to, b.mul(b.rem(column, inChunk), bytes));
    to = b.add(
        to, b.mul(b.div(column, tile.getPanelColumns()), tile.getPanelBytes()));
    if (bytes == 2)
      b.ptx("st.shared.b16 [$0], $1;", {}, "r,h,~{memory}", {to, bits});
    else
      b.ptx("st.shared.b32 [$0], $1;", {}, "r,r,~{memory}", {to, bits});
  });
}

namespace {
struct CopyRowsLowering : Lowering<CopyRowsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(CopyRowsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    RowCopy copy(b, op, adaptor);
    if (op.getMethod() == CopyMethod::Vectors)
      copy.copyVectors();
    else
      copy.copyElements();
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Changes in place
//===----------------------------------------------------------------------===//

/// Calls `body` with the address of each chunk of rows [first, end) that a
/// product reads, shared among the threads of a warpgroup.
static void forEachChunk(Emitter &b, TileType tile, Value address, Value first,
                         Value end, function_ref<void(Value)> body) {
  // A thread keeps one chunk of a row; the order in a row does not matter, so
  // the swizzle does not either.
  Value thread = b.warpgroupThread();
  Value column = b.mul(b.rem(thread, kChunksPerRow), kChunkBytes);
  Value start = b.add(first, b.div(thread, kChunksPerRow));
  b.loop(start, end, kWarpgroupThreads / kChunksPerRow, [&](Value row) {
    Value at =
        b.add(b.add(address, column), b.mul(row, TileType::kPanelRowBytes));
    for (int64_t panel = 0; panel < tile.getPanels(); ++panel)
      body(b.add(at, panel * tile.getPanelBytes()));
  });
}

namespace {
struct CommitCopiesLowering : Lowering<CommitCopiesOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(CommitCopiesOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    b.ptx("cp.async.commit_group;", {}, "~{memory}", {});
    rewriter.eraseOp(op);
    return success();
  }
};

struct WaitCopiesLowering : Lowering<WaitCopiesOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(WaitCopiesOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    std::string code =
        "cp.async.wait_group " + std::to_string(op.getInFlight()) + ";";
    b.ptx(code, {}, "~{memory}", {});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ZeroRowsLowering : Lowering<ZeroRowsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ZeroRowsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TileType tile = op.getTile().getType();
    forEachChunk(b, tile, adaptor.getTile().front(), adaptor.getFirst().front(),
                 b.i32(tile.getRows()), [&](Value at) {
                   Value zero = b.i32(0);
                   b.ptx("st.shared.v4.b32 [$0], {$1, $1, $1, $1};", {},
                         "r,r,~{memory}", {at, zero});
                 });
    rewriter.eraseOp(op);
    return success();
  }
};

struct NegateRowsLowering : Lowering<NegateRowsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(NegateRowsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    Value first = adaptor.getFirst().front();
    bool isF32 = op.getTile().getType().getElement().isF32();
    Value signs = b.i32(int32_t(isF32 ? 0x80000000 : 0x80008000));
    auto negate = [&](Value at) {
      SmallVector<Type> words(4, b.getI32Type());
      SmallVector<Value> values =
          b.ptx("ld.shared.v4.b32 {$0, $1, $2, $3}, [$4];", words,
                "=r,=r,=r,=r,r,~{memory}", at);
      SmallVector<Value> operands{at};
      for (Value value : values)
        operands.push_back(b.bitXor(value, signs));
      b.ptx("st.shared.v4.b32 [$0], {$1, $2, $3, $4};", {},
            "r,r,r,r,r,~{memory}", operands);
    };
    forEachChunk(b, op.getTile().getType(), adaptor.getTile().front(), first,
                 b.add(first, kFragmentRows), negate);
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateCopyPatterns(const TypeConverter &types,
                                          RewritePatternSet &patterns) {
  patterns.add<LookupLowering, CopyRowsLowering, CommitCopiesLowering,
               WaitCopiesLowering, ZeroRowsLowering, NegateRowsLowering>(
      types, patterns.getContext());
}
