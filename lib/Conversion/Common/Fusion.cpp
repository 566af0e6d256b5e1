//===- Fusion.cpp - Attends that are computed together --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/Common/Fusion.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>

using namespace mlir;
using namespace rdattn;

static LogicalResult differ(MergeOp merge) {
  return merge.emitOpError("must merge `rdattn.attend`s of the same q, k, v, "
                           "scale and causal to become one launch");
}

FailureOr<Fusion> rdattn::fuseMerge(MergeOp merge) {
  Fusion fusion{merge, {}};
  for (auto [o, lse] : llvm::zip(merge.getPartials(), merge.getPartialLses())) {
    auto attend = o.getDefiningOp<AttendOp>();
    if (!attend || attend.getLse() != lse)
      return differ(merge);
    fusion.attends.push_back(attend);
  }
  AttendOp first = fusion.first();
  for (AttendOp attend : fusion.attends)
    if (attend.getOperands() != first.getOperands() ||
        attend.getScaleValueAttr() != first.getScaleValueAttr() ||
        attend.getCausal() != first.getCausal())
      return differ(merge);
  return fusion;
}

LogicalResult rdattn::checkElementType(const Fusion &fusion) {
  Type expected = fusion.elementType();
  Type given =
      cast<ShapedType>(fusion.root->getResult(0).getType()).getElementType();
  if (given == expected)
    return success();
  return fusion.root->emitOpError()
         << "must give o in the element type of q, k and v to become a launch: "
         << expected << ", not " << given;
}

ArrayAttr rdattn::classesOf(const Fusion &fusion) {
  SmallVector<Attribute> branches;
  for (AttendOp attend : fusion.attends)
    branches.push_back(attend.getClasses());
  return ArrayAttr::get(fusion.root->getContext(), branches);
}

Value rdattn::scaleOf(ImplicitLocOpBuilder &b, const Fusion &fusion) {
  AttendOp first = fusion.first();
  if (Value scale = first.getScale())
    return scale;
  float value = 1 / std::sqrt(float(fusion.headDim()));
  if (auto given = first.getScaleValueAttr())
    value = given.getValue().convertToFloat();
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

Value rdattn::dimensionOf(ImplicitLocOpBuilder &b, Value tensor,
                          int64_t dimension) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dimension))
    return arith::ConstantIndexOp::create(b, type.getDimSize(dimension));
  return tensor::DimOp::create(b, tensor, dimension);
}
