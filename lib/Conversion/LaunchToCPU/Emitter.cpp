//===- Emitter.cpp - Arithmetic that reads like arithmetic ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/Emitter.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rdattn::cpu;

Value Emitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value Emitter::f32(double value) {
  return arith::ConstantOp::create(*this, getF32FloatAttr(value));
}
Value Emitter::i1(bool value) {
  return arith::ConstantOp::create(*this, getBoolAttr(value));
}
Value Emitter::splat(VectorType type, double value) {
  auto element = FloatAttr::get(type.getElementType(), value);
  return arith::ConstantOp::create(*this,
                                   SplatElementsAttr::get(type, element));
}
Value Emitter::broadcast(VectorType type, Value scalar) {
  return vector::BroadcastOp::create(*this, type, scalar);
}

Value Emitter::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}
Value Emitter::sub(Value a, Value b) {
  return arith::SubIOp::create(*this, a, b);
}
Value Emitter::mul(Value a, Value b) {
  return arith::MulIOp::create(*this, a, b);
}
Value Emitter::div(Value a, Value b) {
  return arith::DivUIOp::create(*this, a, b);
}
Value Emitter::rem(Value a, Value b) {
  return arith::RemUIOp::create(*this, a, b);
}
Value Emitter::min(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}
Value Emitter::max(Value a, Value b) {
  return arith::MaxSIOp::create(*this, a, b);
}
Value Emitter::ceilDiv(Value a, int64_t b) {
  return div(add(a, index(b - 1)), index(b));
}

static Value compare(Emitter &b, arith::CmpIPredicate predicate, Value x,
                     Value y) {
  return arith::CmpIOp::create(b, predicate, x, y);
}
Value Emitter::less(Value a, Value b) {
  return compare(*this, arith::CmpIPredicate::slt, a, b);
}
Value Emitter::lessEqual(Value a, Value b) {
  return compare(*this, arith::CmpIPredicate::sle, a, b);
}
Value Emitter::equal(Value a, Value b) {
  return compare(*this, arith::CmpIPredicate::eq, a, b);
}
Value Emitter::both(Value a, Value b) {
  return arith::AndIOp::create(*this, a, b);
}
Value Emitter::either(Value a, Value b) {
  return arith::OrIOp::create(*this, a, b);
}
Value Emitter::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

Value Emitter::addf(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}
Value Emitter::subf(Value a, Value b) {
  return arith::SubFOp::create(*this, a, b);
}
Value Emitter::mulf(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}
Value Emitter::divf(Value a, Value b) {
  return arith::DivFOp::create(*this, a, b);
}
Value Emitter::fma(Value a, Value b, Value c) {
  if (isa<VectorType>(a.getType()))
    return vector::FMAOp::create(*this, a, b, c);
  return math::FmaOp::create(*this, a, b, c);
}
Value Emitter::maxf(Value a, Value b) {
  Value larger = arith::CmpFOp::create(*this, arith::CmpFPredicate::OGT, a, b);
  return select(larger, a, b);
}

Value Emitter::toIndex(Value integer) {
  return arith::IndexCastOp::create(*this, getIndexType(), integer);
}
Value Emitter::toInt32(Value index) {
  return arith::IndexCastOp::create(*this, getI32Type(), index);
}

Value Emitter::load(Value memref, ValueRange indices) {
  return memref::LoadOp::create(*this, memref, indices);
}
void Emitter::store(Value value, Value memref, ValueRange indices) {
  memref::StoreOp::create(*this, value, memref, indices);
}
Value Emitter::loadVector(VectorType type, Value memref, ValueRange indices) {
  return vector::LoadOp::create(*this, type, memref, indices);
}
void Emitter::storeVector(Value value, Value memref, ValueRange indices) {
  vector::StoreOp::create(*this, value, memref, indices);
}
Value Emitter::loadPart(VectorType lanes, Value memref, ValueRange indices) {
  if (!lanes)
    return load(memref, indices);
  auto element = cast<MemRefType>(memref.getType()).getElementType();
  return loadVector(lanes.clone(element), memref, indices);
}
void Emitter::storePart(Value value, Value memref, ValueRange indices) {
  if (isa<VectorType>(value.getType()))
    storeVector(value, memref, indices);
  else
    store(value, memref, indices);
}
Value Emitter::dim(Value memref, int64_t dimension) {
  auto type = cast<ShapedType>(memref.getType());
  if (!type.isDynamicDim(dimension))
    return index(type.getDimSize(dimension));
  return memref::DimOp::create(*this, memref, dimension);
}

void Emitter::loop(Value begin, Value end, int64_t step, LoopBody body) {
  auto loop = scf::ForOp::create(*this, begin, end, index(step));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}
SmallVector<Value> Emitter::loop(Value begin, Value end, int64_t step,
                                 ValueRange initial, CarriedBody body) {
  auto loop = scf::ForOp::create(*this, begin, end, index(step), initial);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(*this,
                       body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return llvm::to_vector_of<Value>(loop.getResults());
}

void Emitter::columns(int64_t size, int64_t lanes, PartBody body) {
  int64_t whole = size - size % lanes;
  auto vector = VectorType::get({lanes}, getF32Type());
  loop(index(0), index(whole), lanes,
       [&](Value column) { body(column, vector); });
  loop(index(whole), index(size), 1,
       [&](Value column) { body(column, VectorType()); });
}

void Emitter::when(Value condition, function_ref<void()> then) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(&branch.getThenRegion().front());
  then();
}
void Emitter::branch(Value condition, function_ref<void()> then,
                     function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(&branch.getThenRegion().front());
  then();
  setInsertionPointToStart(&branch.getElseRegion().front());
  otherwise();
}
Value Emitter::choose(Value condition, function_ref<Value()> then,
                      function_ref<Value()> otherwise) {
  // The type is known only once the first region is built.
  OpBuilder::InsertionGuard guard(*this);
  auto build = [&](function_ref<Value()> region) {
    return [this, region](OpBuilder &builder, Location) {
      OpBuilder::InsertionGuard inner(*this);
      setInsertionPoint(builder.getInsertionBlock(),
                        builder.getInsertionPoint());
      scf::YieldOp::create(*this, region());
    };
  };
  auto branch =
      scf::IfOp::create(*this, condition, build(then), build(otherwise));
  return branch.getResult(0);
}
