//===- RingBuilder.cpp - The steps of one attention -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToRing/RingBuilder.h"
#include "lib/Conversion/AttendToRing/StaticSteps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace rdattn;

Value RingBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

/// The type of a tensor with these dimensions of others.
Type RingBuilder::typeOf(ArrayRef<std::pair<Value, int64_t>> dimensions,
                         Type element) {
  SmallVector<int64_t> sizes;
  for (auto [tensor, dimension] : dimensions)
    sizes.push_back(cast<ShapedType>(tensor.getType()).getDimSize(dimension));
  return RankedTensorType::get(sizes, element);
}

/// A tensor with these dimensions of others.
Value RingBuilder::empty(ArrayRef<std::pair<Value, int64_t>> dimensions,
                         Type element) {
  SmallVector<OpFoldResult> sizes;
  for (auto [tensor, dimension] : dimensions)
    sizes.push_back(tensor::getMixedSize(b, b.getLoc(), tensor, dimension));
  return tensor::EmptyOp::create(b, sizes, element);
}

/// What steps add to, and o and lse.
SmallVector<Value> RingBuilder::emptyResults() {
  Value q = first.getQ(), v = first.getV();
  SmallVector<std::pair<Value, int64_t>> rows{{q, 0}, {q, 1}, {q, 2}, {v, 3}};
  SmallVector<std::pair<Value, int64_t>> scalars{{q, 0}, {q, 2}, {q, 1}};
  Type f32 = b.getF32Type();
  Type o = typeOf(rows, f32), scalar = typeOf(scalars, f32);
  auto partial = RingPartialOp::create(b, o, scalar, scalar, schedule);
  SmallVector<Value> results(partial.getResults());
  results.push_back(empty(rows, fusion.elementType()));
  if (hasLse())
    results.push_back(empty(scalars, f32));
  return results;
}

RingPlanOp RingBuilder::plan() {
  Value q = first.getQ();
  return RingPlanOp::create(
      b, RingScheduleType::get(b.getContext()), first.getRing(),
      dimensionOf(b, q, 0), dimensionOf(b, q, 1), dimensionOf(b, q, 2),
      dimensionOf(b, first.getK(), 2), first.getCausal(),
      /*queries=*/IntegerAttr(), /*order=*/TileOrderAttr(),
      /*group=*/IntegerAttr(), classesOf(fusion));
}

Value RingBuilder::post(Value step) {
  return RingPostOp::create(b, TransferType::get(b.getContext()), schedule,
                            step, first.getK(), first.getV());
}

ValueRange RingBuilder::attend(Value step, Value k, Value v, ValueRange before,
                               bool isInitial) {
  Value lse = hasLse() ? before.back() : Value();
  auto attend = RingAttendOp::create(b, before.getTypes(), schedule, step,
                                     ValueRange{first.getQ(), k, v}, scale,
                                     before.take_front(3), before[3], lse,
                                     isInitial, first.getCausal());
  return attend->getResults();
}

/// The rows that a step brings, as rows of one head.
static RankedTensorType arrivedType(RankedTensorType local) {
  SmallVector<int64_t> shape(local.getShape());
  shape[1] = ShapedType::kDynamic;
  shape[2] = 1;
  return RankedTensorType::get(shape, local.getElementType());
}

/// Carried are the results so far and the transfer of this step; given back are
/// those and the transfer of the step that follows, where there is one.
SmallVector<Value> RingBuilder::step(Value number, ValueRange carried,
                                     Value following) {
  auto arrived =
      RingWaitOp::create(b,
                         TypeRange{arrivedType(first.getK().getType()),
                                   arrivedType(first.getV().getType())},
                         carried.back(), schedule);
  Value next = following ? post(following) : Value();
  SmallVector<Value> results(attend(number, arrived.getK(), arrived.getV(),
                                    carried.drop_back(), /*isInitial=*/false));
  if (next)
    results.push_back(next);
  return results;
}

void RingBuilder::finish(ValueRange computed) {
  ValueRange results = computed.drop_front(3);
  Value lse = hasLse() ? results.back() : Value();
  auto finish = RingFinishOp::create(
      b, results.getTypes(), computed.take_front(3), results.front(), lse);
  for (auto [index, finished] : llvm::enumerate(finish.getResults())) {
    Value value = finished, result = fusion.root->getResult(index);
    if (value.getType() != result.getType())
      value = tensor::CastOp::create(b, result.getType(), value);
    result.replaceAllUsesWith(value);
  }
}

/// One step after another; a single one moves nothing.
SmallVector<Value> RingBuilder::unrolled(int64_t steps) {
  Value transfer = steps > 1 ? post(index(1)) : Value();
  SmallVector<Value> carried(attend(index(0), first.getK(), first.getV(),
                                    emptyResults(), /*isInitial=*/true));
  if (transfer)
    carried.push_back(transfer);
  for (int64_t number = 1; number < steps; ++number)
    carried = step(index(number), carried,
                   number + 1 < steps ? index(number + 1) : Value());
  return carried;
}

SmallVector<Value> RingBuilder::looped() {
  Value one = index(1), transfer = post(one);
  SmallVector<Value> carried(attend(index(0), first.getK(), first.getV(),
                                    emptyResults(), /*isInitial=*/true));
  carried.push_back(transfer);
  Value steps = RingStepsOp::create(b, schedule);
  auto loop = scf::ForOp::create(
      b, one, steps, one, carried,
      [&](OpBuilder &, Location, Value number, ValueRange values) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(number.getParentBlock());
        Value following = arith::AddIOp::create(b, number, index(1));
        scf::YieldOp::create(b, step(number, values, following));
      });
  b.setInsertionPointAfter(loop);
  return SmallVector<Value>(loop.getResults().drop_back());
}

LogicalResult RingBuilder::build() {
  scale = scaleOf(b, fusion);
  RingPlanOp planned = plan();
  schedule = planned;
  FailureOr<std::optional<int64_t>> steps = countStaticSteps(planned);
  if (failed(steps))
    return failure();
  finish(*steps ? unrolled(**steps) : looped());
  return success();
}
