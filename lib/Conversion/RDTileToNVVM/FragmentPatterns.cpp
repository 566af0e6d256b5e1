//===- FragmentPatterns.cpp - Fragments become registers ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace rdattn::rdtile;

Value rdattn::rdtile::inlineBody(Emitter &b, Region &body,
                                 ValueRange arguments) {
  Block &block = body.front();
  IRMapping mapping;
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator())
    b.clone(op, mapping);
  return mapping.lookupOrDefault(
      cast<YieldOp>(block.getTerminator()).getValue());
}

/// Which of a thread's two rows register `index` of an accumulator is in.
static int64_t halfOf(int64_t index) { return index / 2 % 2; }

static int64_t registersOf(Type fragment) {
  if (auto accumulator = dyn_cast<AccumulatorType>(fragment))
    return accumulator.getRegisters();
  return 2;
}

static Value combine(Emitter &b, Combining kind, Value x, Value y) {
  if (kind == Combining::Max)
    return arith::MaxNumFOp::create(b, x, y);
  return arith::AddFOp::create(b, x, y);
}

namespace {
struct SplatLowering : Lowering<SplatOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(SplatOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    SmallVector<Value> registers(registersOf(op.getType()),
                                 adaptor.getScalar().front());
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct MapLowering : Lowering<MapOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(MapOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    bool isAccumulator = isa<AccumulatorType>(op.getType());
    SmallVector<Value> results;
    for (int64_t i = 0; i < registersOf(op.getType()); ++i) {
      int64_t half = isAccumulator ? halfOf(i) : i;
      SmallVector<Value> arguments;
      if (op.getIndexed()) {
        arguments.push_back(b.fragmentRow(half));
        if (isAccumulator)
          arguments.push_back(b.fragmentColumn(i));
      }
      for (auto [type, registers] :
           llvm::zip(op.getOperandTypes(), adaptor.getOperands()))
        arguments.push_back(registers[isa<RowsType>(type) ? half : i]);
      results.push_back(inlineBody(b, op.getBody(), arguments));
    }
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

/// Two chains a row, so that they overlap: of even columns and of odd ones.
struct ReduceLowering : Lowering<ReduceOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ReduceOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    SmallVector<Value> even(adaptor.getInitial()), odd(2);
    for (auto [i, value] : llvm::enumerate(adaptor.getValue())) {
      Value &chain = (i % 2 ? odd : even)[halfOf(i)];
      chain = chain ? combine(b, op.getKind(), chain, value) : value;
    }
    SmallVector<Value> results;
    for (auto [a, c] : llvm::zip(even, odd))
      results.push_back(combine(b, op.getKind(), a, c));
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

/// The four threads of a row are neighbours.
struct CombineLowering : Lowering<CombineOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(CombineOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    SmallVector<Value> results(adaptor.getValue());
    for (int64_t mask : {1, 2})
      for (Value &result : results)
        result = combine(b, op.getKind(), result, b.exchange(result, mask));
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

/// Registers in the order of an operand: of every 16 columns, the first eight
/// of both rows, then the last eight. Those of 16 bits are pairs.
struct ConvertLowering : Lowering<ConvertOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ConvertOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    SmallVector<Value> results(adaptor.getValue());
    Type element = op.getType().getElement();
    if (!element.isF32())
      results = pairs(b, element, results);
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }

  static SmallVector<Value> pairs(Emitter &b, Type element, ValueRange from) {
    StringRef code = element.isBF16() ? "cvt.rn.bf16x2.f32 $0, $2, $1;"
                                      : "cvt.rn.f16x2.f32 $0, $2, $1;";
    SmallVector<Value> results;
    for (size_t i = 0; i < from.size(); i += 2)
      results.push_back(b.ptx(code, b.getI32Type(), "=r,f,f",
                              {from[i], from[i + 1]}, /*isPure=*/true)
                            .front());
    return results;
  }
};
} // namespace

void rdattn::rdtile::populateFragmentPatterns(const TypeConverter &types,
                                              RewritePatternSet &patterns) {
  patterns.add<SplatLowering, MapLowering, ReduceLowering, CombineLowering,
               ConvertLowering>(types, patterns.getContext());
}
