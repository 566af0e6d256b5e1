//===- LoadPatterns.cpp - Rows of global memory to fragments --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Memory.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

namespace {
/// Reads one of the thread's two f32 rows: two columns of every eight, as the
/// four threads of a quad hold them.
class RowLoad {
public:
  RowLoad(Emitter &b, int64_t columns, Value address, CopyMethod method)
      : b(b), columns(columns), address(address), method(method),
        lane(b.bitAnd(b.threadIndex(), b.i32(3))) {}

  /// `registers` values, of every eight columns two.
  SmallVector<Value> load(int64_t registers);

private:
  SmallVector<Value> loadPair(int64_t eight);
  Value loadElement(Value column);

  Emitter &b;
  int64_t columns;
  Value address;
  CopyMethod method;
  Value lane;
};
} // namespace

SmallVector<Value> RowLoad::loadPair(int64_t eight) {
  Value bytes = b.add(b.shiftLeft(lane, 3), eight * 32);
  return b.ptx("ld.global.v2.f32 {$0, $1}, [$2];",
               TypeRange{b.getF32Type(), b.getF32Type()}, "=f,=f,l,~{memory}",
               b.add(address, b.extend(bytes)));
}

/// 0 past the last column.
Value RowLoad::loadElement(Value column) {
  auto load = [&] {
    Value at = b.add(address, b.extend(b.shiftLeft(column, 2)));
    Value element =
        LLVM::LoadOp::create(b, b.getF32Type(), globalPointer(b, at));
    return I32Builder::Values{element};
  };
  auto none = [&] { return I32Builder::Values{b.f32(0)}; };
  return b.choose(b.less(column, b.i32(columns)), load, none).front();
}

SmallVector<Value> RowLoad::load(int64_t registers) {
  SmallVector<Value> values;
  for (int64_t eight = 0; eight < registers / 2; ++eight) {
    if (method == CopyMethod::Vectors) {
      llvm::append_range(values, loadPair(eight));
      continue;
    }
    Value column = b.add(b.shiftLeft(lane, 1), eight * 8);
    values.push_back(loadElement(column));
    values.push_back(loadElement(b.add(column, 1)));
  }
  return values;
}

namespace {
struct LoadRowsLowering : Lowering<LoadRowsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(LoadRowsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    int64_t rowRegisters = op.getType().getRegisters() / 2;
    GlobalMemory source(b, op.getSource());
    Value base = source.address(
        {adaptor.getBatch().front(), Value(), adaptor.getHead().front()});
    SmallVector<Value> rows[2];
    for (int64_t half : {0, 1}) {
      Value token = adaptor.getTokens()[half];
      auto load = [&] {
        RowLoad row(b, op.getSource().getType().getDimSize(3),
                    source.step(base, token, 1), op.getMethod());
        return row.load(rowRegisters);
      };
      auto none = [&] { return I32Builder::Values(rowRegisters, b.f32(0)); };
      rows[half] = b.choose(b.lessEqual(b.i32(0), token), load, none);
    }
    SmallVector<Value> registers;
    for (int64_t pair = 0; pair < rowRegisters; pair += 2)
      for (const SmallVector<Value> &row : rows)
        registers.append({row[pair], row[pair + 1]});
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct LoadScalarsLowering : Lowering<LoadScalarsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(LoadScalarsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    GlobalMemory source(b, op.getSource());
    Value base =
        source.address({adaptor.getBatch().front(), adaptor.getHead().front()});
    SmallVector<Value> scalars;
    for (Value token : adaptor.getTokens()) {
      auto load = [&] {
        Value pointer = globalPointer(b, source.step(base, token, 2));
        Value scalar = LLVM::LoadOp::create(b, b.getF32Type(), pointer);
        return I32Builder::Values{scalar};
      };
      auto none = [&] { return I32Builder::Values{b.f32(0)}; };
      scalars.push_back(
          b.choose(b.lessEqual(b.i32(0), token), load, none).front());
    }
    rewriter.replaceOpWithMultiple(op, {scalars});
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateLoadPatterns(const TypeConverter &types,
                                          RewritePatternSet &patterns) {
  patterns.add<LoadRowsLowering, LoadScalarsLowering>(types,
                                                      patterns.getContext());
}
