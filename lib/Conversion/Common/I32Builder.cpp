//===- I32Builder.cpp - Arithmetic on i32 that reads like arithmetic ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/Common/I32Builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace rdattn;

//===----------------------------------------------------------------------===//
// Constants and conversions
//===----------------------------------------------------------------------===//

Value I32Builder::i32(int64_t value) {
  return arith::ConstantOp::create(*this, getI32IntegerAttr(value));
}
Value I32Builder::i64(int64_t value) {
  return arith::ConstantOp::create(*this, getI64IntegerAttr(value));
}
Value I32Builder::f32(double value) {
  return arith::ConstantOp::create(*this, getF32FloatAttr(value));
}
Value I32Builder::extend(Value a) {
  return arith::ExtSIOp::create(*this, getI64Type(), a);
}
Value I32Builder::toIndex(Value a) {
  return arith::IndexCastOp::create(*this, getIndexType(), a);
}
Value I32Builder::toI32(Value a) {
  return arith::IndexCastOp::create(*this, getI32Type(), a);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value I32Builder::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}
Value I32Builder::offset(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b, arith::IntegerOverflowFlags::nsw);
}
Value I32Builder::sub(Value a, Value b) {
  return arith::SubIOp::create(*this, a, b);
}
Value I32Builder::mul(Value a, Value b) {
  return arith::MulIOp::create(*this, a, b);
}
Value I32Builder::div(Value a, Value b) {
  return arith::DivUIOp::create(*this, a, b);
}
Value I32Builder::rem(Value a, Value b) {
  return arith::RemUIOp::create(*this, a, b);
}
Value I32Builder::min(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}
Value I32Builder::max(Value a, Value b) {
  return arith::MaxSIOp::create(*this, a, b);
}
Value I32Builder::bitAnd(Value a, Value b) {
  return arith::AndIOp::create(*this, a, b);
}
Value I32Builder::bitOr(Value a, Value b) {
  return arith::OrIOp::create(*this, a, b);
}
Value I32Builder::bitXor(Value a, Value b) {
  return arith::XOrIOp::create(*this, a, b);
}
Value I32Builder::shiftRight(Value a, Value b) {
  return arith::ShRUIOp::create(*this, a, b);
}
Value I32Builder::both(Value a, Value b) {
  return arith::AndIOp::create(*this, a, b);
}
Value I32Builder::addf(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}
Value I32Builder::subf(Value a, Value b) {
  return arith::SubFOp::create(*this, a, b);
}
Value I32Builder::mulf(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}
Value I32Builder::divf(Value a, Value b) {
  return arith::DivFOp::create(*this, a, b);
}
Value I32Builder::shiftLeft(Value a, int64_t bits) {
  return arith::ShLIOp::create(*this, a, i32(bits));
}
Value I32Builder::less(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, a, b);
}
Value I32Builder::lessEqual(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::sle, a, b);
}
Value I32Builder::equal(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, b);
}
Value I32Builder::equalf(Value a, Value b) {
  return arith::CmpFOp::create(*this, arith::CmpFPredicate::OEQ, a, b);
}
Value I32Builder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void I32Builder::when(Value condition, function_ref<void()> then) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  then();
}

I32Builder::Values I32Builder::choose(Value condition,
                                      function_ref<Values()> then,
                                      function_ref<Values()> otherwise) {
  // The callbacks build with this builder, which has to stand where they do.
  auto at = [&](function_ref<Values()> values) {
    return [&, values](OpBuilder &b, Location) {
      OpBuilder::InsertionGuard inner(*this);
      setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
      Values results = values();
      scf::YieldOp::create(*this, results);
    };
  };
  auto branch = scf::IfOp::create(*this, condition, at(then), at(otherwise));
  return Values(branch.getResults());
}

void I32Builder::loop(Value begin, Value end, int64_t step,
                      function_ref<void(Value)> body) {
  loop(begin, end, step, {}, [&](Value i, ValueRange) {
    body(i);
    return Values();
  });
}

I32Builder::Values
I32Builder::loop(Value begin, Value end, int64_t step, ValueRange initial,
                 function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(*this, begin, end, i32(step), initial);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(*this, next);
  return Values(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static SmallVector<Value> toIndices(I32Builder &b, ValueRange indices) {
  SmallVector<Value> result;
  for (Value index : indices)
    result.push_back(b.toIndex(index));
  return result;
}

Value I32Builder::load(Value memref, ValueRange indices) {
  return memref::LoadOp::create(*this, memref, toIndices(*this, indices));
}

void I32Builder::store(Value value, Value memref, ValueRange indices) {
  memref::StoreOp::create(*this, value, memref, toIndices(*this, indices));
}

Value I32Builder::dim(Value memref, int64_t dimension) {
  return toI32(memref::DimOp::create(*this, memref, dimension));
}
