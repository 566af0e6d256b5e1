//===- Fusion.cpp - Attends that are computed together --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/Common/Fusion.h"

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
