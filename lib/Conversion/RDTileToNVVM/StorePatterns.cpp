//===- StorePatterns.cpp - Rows of fragments to global memory -------------===//
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

namespace {
/// One store instruction: its code, constraints and operands.
struct Store {
  StringRef code, constraints;
  SmallVector<Value> operands;
};

/// Writes one of the thread's two rows; the four threads of a quad write it
/// together. `sums` are the thread's registers of the row, two for every eight
/// columns.
class RowStore {
public:
  RowStore(Emitter &b, Type element, int64_t columns, Value address)
      : b(b), element(element), columns(columns), address(address),
        lane(b.bitAnd(b.threadIndex(), b.i32(3))) {}

  SmallVector<Store> vectors(ArrayRef<Value> sums);
  void storeElements(ArrayRef<Value> sums);

private:
  Value pack(Value low, Value high);
  SmallVector<Value> transpose(SmallVector<Value> words);
  Store pair(ArrayRef<Value> sums, int64_t eight);
  int64_t elementBytes() const { return element.getIntOrFloatBitWidth() / 8; }
  Value at(Value bytes) { return b.add(address, b.extend(bytes)); }

  Emitter &b;
  Type element;
  int64_t columns;
  Value address, lane;
};
} // namespace

Value RowStore::pack(Value low, Value high) {
  StringRef code = element.isBF16() ? "cvt.rn.bf16x2.f32 $0, $2, $1;"
                                    : "cvt.rn.f16x2.f32 $0, $2, $1;";
  return b.ptx(code, b.getI32Type(), "=r,f,f", {low, high}, /*isPure=*/true)
      .front();
}

/// Word i of thread t becomes word t of thread i: two rounds of exchanges.
SmallVector<Value> RowStore::transpose(SmallVector<Value> words) {
  for (int64_t mask : {1, 2}) {
    Value isUpper = b.equal(b.bitAnd(lane, b.i32(mask)), b.i32(mask));
    for (int64_t i = 0; i < 4; ++i) {
      if (i & mask)
        continue;
      Value &low = words[i], &high = words[i | mask];
      Value received = b.exchange(b.select(isUpper, low, high), mask);
      Value keptLow = b.select(isUpper, received, low);
      high = b.select(isUpper, high, received);
      low = keptLow;
    }
  }
  return words;
}

/// Two neighbouring columns of an eight.
Store RowStore::pair(ArrayRef<Value> sums, int64_t eight) {
  Value low = sums[2 * eight], high = sums[2 * eight + 1];
  Value place = b.mul(b.add(b.shiftLeft(lane, 1), eight * 8), elementBytes());
  if (element.isF32())
    return {"st.global.v2.f32 [$0], {$1, $2};",
            "l,f,f,~{memory}",
            {at(place), low, high}};
  return {
      "st.global.b32 [$0], $1;", "l,r,~{memory}", {at(place), pack(low, high)}};
}

/// 16 bytes an instruction: of every 32 columns a thread takes eight. What is
/// left, and f32, goes in pairs.
SmallVector<Store> RowStore::vectors(ArrayRef<Value> sums) {
  SmallVector<Store> stores;
  int64_t eights = columns / 8, first = 0;
  for (; !element.isF32() && first + 4 <= eights; first += 4) {
    SmallVector<Value> operands{at(b.add(b.mul(lane, 16), first * 16))};
    SmallVector<Value> words;
    for (int64_t i = first; i < first + 4; ++i)
      words.push_back(pack(sums[2 * i], sums[2 * i + 1]));
    llvm::append_range(operands, transpose(words));
    stores.push_back({"st.global.v4.b32 [$0], {$1, $2, $3, $4};",
                      "l,r,r,r,r,~{memory}", operands});
  }
  for (; first < eights; ++first)
    stores.push_back(pair(sums, first));
  return stores;
}

void RowStore::storeElements(ArrayRef<Value> sums) {
  for (auto [index, sum] : llvm::enumerate(sums)) {
    Value column = b.add(b.shiftLeft(lane, 1), index / 2 * 8 + index % 2);
    auto store = [&, sum = sum] {
      Value value = element.isF32()
                        ? sum
                        : Value(arith::TruncFOp::create(b, element, sum));
      Value pointer = globalPointer(b, at(b.mul(column, elementBytes())));
      LLVM::StoreOp::create(b, value, pointer);
    };
    if (int64_t(index) / 2 * 8 + 8 <= columns)
      store();
    else
      b.when(b.less(column, b.i32(columns)), store);
  }
}

namespace {
struct StoreRowsLowering : Lowering<StoreRowsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StoreRowsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    MemRefType type = op.getTarget().getType();
    GlobalMemory target(b, op.getTarget());
    Value base = target.address(
        {adaptor.getBatch().front(), Value(), adaptor.getHead().front()});
    for (int64_t half : {0, 1}) {
      SmallVector<Value> sums;
      for (auto [i, value] : llvm::enumerate(adaptor.getValue()))
        if (int64_t(i) / 2 % 2 == half)
          sums.push_back(value);
      Value token = adaptor.getTokens()[half];
      Value exists = b.lessEqual(b.i32(0), token);
      RowStore row(b, type.getElementType(), type.getDimSize(3),
                   target.step(base, token, 1));
      if (op.getMethod() == CopyMethod::Elements) {
        b.when(exists, [&] { row.storeElements(sums); });
        continue;
      }
      // All of a warp exchange words, whether their row exists or not.
      SmallVector<Store> stores = row.vectors(sums);
      b.when(exists, [&] {
        for (Store &store : stores)
          b.ptx(store.code, {}, store.constraints, store.operands);
      });
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct StoreScalarsLowering : Lowering<StoreScalarsOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StoreScalarsOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    GlobalMemory target(b, op.getTarget());
    Value base =
        target.address({adaptor.getBatch().front(), adaptor.getHead().front()});
    Value isFirst = b.equal(b.bitAnd(b.threadIndex(), b.i32(3)), b.i32(0));
    for (int64_t half : {0, 1}) {
      Value token = adaptor.getTokens()[half];
      b.when(b.both(isFirst, b.lessEqual(b.i32(0), token)), [&] {
        Value pointer = globalPointer(b, target.step(base, token, 2));
        LLVM::StoreOp::create(b, adaptor.getValue()[half], pointer);
      });
    }
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateStorePatterns(const TypeConverter &types,
                                           RewritePatternSet &patterns) {
  patterns.add<StoreRowsLowering, StoreScalarsLowering>(types,
                                                        patterns.getContext());
}
