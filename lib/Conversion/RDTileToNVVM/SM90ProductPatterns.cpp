//===- SM90ProductPatterns.cpp - Products become wgmma --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Shared memory descriptors as the PTX ISA defines them for wgmma ("Matrix
// descriptor"): address / 16, leading and stride offsets / 16, and the 128-byte
// swizzle.
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// Elements of the inner dimension that one wgmma multiplies.
static constexpr int64_t kStep = 16;
/// Bytes of the eight rows that the swizzle permutes.
static constexpr int64_t kEightRows = 8 * TileType::kPanelRowBytes;

/// A descriptor of the tile at `address`; `leading` is the offset between
/// panels where the product runs along their columns.
static Value descriptor(Emitter &b, Value address, int64_t leading) {
  uint64_t fixed = uint64_t(1) << 62; // 128-byte swizzle
  fixed |= uint64_t(leading / 16) << 16;
  fixed |= uint64_t(kEightRows / 16) << 32;
  Value start = arith::ShRUIOp::create(b, address, b.i32(4));
  Value low =
      arith::ExtUIOp::create(b, b.getI64Type(), b.bitAnd(start, b.i32(0x3fff)));
  return b.bitOr(low, b.i64(int64_t(fixed)));
}

static Value advance(Emitter &b, Value descriptor, int64_t bytes) {
  return bytes ? b.add(descriptor, b.i64(bytes / 16)) : descriptor;
}

/// The bytes from a tile's start to column `step * 16`.
static int64_t columnOffset(TileType tile, int64_t step) {
  int64_t perPanel = tile.getPanelColumns() / kStep;
  return step / perPanel * tile.getPanelBytes() + step % perPanel * 32;
}

static bool hasWgmma(Type element) {
  return element.isBF16() || element.isF16();
}

static StringRef ptxName(Type element) {
  return element.isBF16() ? "bf16" : "f16";
}

static void append(std::string &constraints, size_t count, StringRef what) {
  for (size_t i = 0; i < count; ++i)
    constraints += (constraints.empty() ? "" : ",") + what.str();
}

/// Inputs that are the outputs' registers.
static void appendTied(std::string &constraints, size_t count) {
  for (size_t i = 0; i < count; ++i)
    constraints += "," + std::to_string(i);
}

namespace {
/// One wgmma of 64 rows: a (a descriptor or four registers) times b.
struct Wgmma {
  int64_t columns;
  Type element;
  bool isTransposed; ///< b's rows are the inner dimension

  SmallVector<Value> emit(Emitter &b, ArrayRef<Value> sums, ValueRange left,
                          Value right) const;
};
} // namespace

SmallVector<Value> Wgmma::emit(Emitter &b, ArrayRef<Value> sums,
                               ValueRange left, Value right) const {
  size_t registers = columns / 2, tied = sums.size();
  size_t next = registers + tied;
  bool fromRegisters = left.size() > 1;
  std::string a = fromRegisters ? registerList(next, left.size())
                                : "$" + std::to_string(next);
  std::string type = ptxName(element).str();
  std::string code =
      "{ .reg .pred accumulate; setp.ne.b32 accumulate, " +
      std::string(tied ? "1" : "0") + ", 0; wgmma.mma_async.sync.aligned.m64n" +
      std::to_string(columns) + "k16.f32." + type + "." + type + " " +
      registerList(0, registers) + ", " + a + ", $" +
      std::to_string(next + left.size()) + ", accumulate, 1, 1" +
      (fromRegisters ? "" : ", 0") + (isTransposed ? ", 1" : ", 0") + "; }";
  std::string constraints;
  append(constraints, registers, "=f");
  if (tied)
    appendTied(constraints, tied);
  append(constraints, left.size(), fromRegisters ? "r" : "l");
  append(constraints, 1, "l");
  SmallVector<Value> operands(sums);
  llvm::append_range(operands, left);
  operands.push_back(right);
  SmallVector<Type> types(registers, b.getF32Type());
  return b.ptx(code, types, constraints, operands);
}

namespace {
struct StartScoresLowering : Lowering<StartScoresOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StartScoresOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TileType q = op.getQ().getType(), k = op.getK().getType();
    if (!hasWgmma(k.getElement()))
      return rewriter.notifyMatchFailure(op, "wgmma multiplies 16-bit tiles");
    Value rows = b.mul(adaptor.getFirst().front(), TileType::kPanelRowBytes);
    Value left = descriptor(b, b.add(adaptor.getQ().front(), rows), 16);
    Value right = descriptor(b, adaptor.getK().front(), 16);
    NVVM::WgmmaFenceAlignedOp::create(b);
    Wgmma wgmma{k.getRows(), k.getElement(), /*isTransposed=*/false};
    SmallVector<SmallVector<Value>> results(op.getScores().size());
    for (auto [block, sums] : llvm::enumerate(results))
      for (int64_t step = 0; step * kStep < q.getColumns(); ++step) {
        int64_t offset = block * kFragmentRows * TileType::kPanelRowBytes +
                         columnOffset(q, step);
        sums = wgmma.emit(b, sums, advance(b, left, offset),
                          advance(b, right, columnOffset(k, step)));
      }
    NVVM::WgmmaGroupSyncAlignedOp::create(b);
    rewriter.replaceOpWithMultiple(op, results);
    return success();
  }
};

struct StartOutputsLowering : Lowering<StartOutputsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StartOutputsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TileType v = op.getV().getType();
    if (!hasWgmma(v.getElement()))
      return rewriter.notifyMatchFailure(op, "wgmma multiplies 16-bit tiles");
    Value right = descriptor(b, adaptor.getV().front(), v.getPanelBytes());
    NVVM::WgmmaFenceAlignedOp::create(b);
    Wgmma wgmma{int64_t(llvm::alignTo(v.getColumns(), 8)), v.getElement(),
                /*isTransposed=*/true};
    SmallVector<SmallVector<Value>> results;
    for (auto [block, p] : llvm::enumerate(adaptor.getP())) {
      SmallVector<Value> sums;
      if (!adaptor.getInitial().empty())
        llvm::append_range(sums, adaptor.getInitial()[block]);
      for (int64_t step = 0; step * kStep < v.getRows(); ++step)
        sums = wgmma.emit(b, sums, p.slice(4 * step, 4),
                          advance(b, right, step * 2 * kEightRows));
      results.push_back(sums);
    }
    NVVM::WgmmaGroupSyncAlignedOp::create(b);
    rewriter.replaceOpWithMultiple(op, results);
    return success();
  }
};

/// The registers pass through the wait, so that nothing reads them earlier.
struct WaitMmaLowering : Lowering<WaitMmaOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(WaitMmaOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    ValueRange sums = adaptor.getPending();
    std::string constraints;
    append(constraints, sums.size(), "=f");
    appendTied(constraints, sums.size());
    constraints += ",~{memory}";
    std::string code = "wgmma.wait_group.sync.aligned " +
                       std::to_string(op.getInFlight()) + ";";
    SmallVector<Type> types(sums.size(), b.getF32Type());
    rewriter.replaceOpWithMultiple(op, {b.ptx(code, types, constraints, sums)});
    return success();
  }
};

struct HoldWaitsLowering : Lowering<HoldWaitsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(HoldWaitsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    for (Value factor : adaptor.getFactors())
      b.ptx("{ .reg .pred never; setp.gt.f32 never, $0, 0f7F000000; "
            "@never st.shared.b32 [$0], $0; }",
            {}, "r,~{memory}",
            arith::BitcastOp::create(b, b.getI32Type(), factor).getResult());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateSM90ProductPatterns(const TypeConverter &types,
                                                 RewritePatternSet &patterns) {
  patterns.add<StartScoresLowering, StartOutputsLowering, WaitMmaLowering,
               HoldWaitsLowering>(types, patterns.getContext());
}
