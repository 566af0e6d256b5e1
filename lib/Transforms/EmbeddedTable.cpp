//===- EmbeddedTable.cpp - Tables as constants ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Transforms/EmbeddedTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace rdattn;

Value rdattn::tableOf(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                      ArrayRef<int32_t> values) {
  auto type = RankedTensorType::get(shape, b.getI32Type());
  return arith::ConstantOp::create(b, DenseElementsAttr::get(type, values));
}

void rdattn::replaceTable(ImplicitLocOpBuilder &b, Value planned,
                          Value embedded) {
  planned.replaceUsesWithIf(embedded, [](OpOperand &use) {
    return isa<LaunchOp, RingLaunchOp>(use.getOwner());
  });
  if (planned.use_empty())
    return;
  if (planned.getType() != embedded.getType())
    embedded = tensor::CastOp::create(b, planned.getType(), embedded);
  planned.replaceAllUsesWith(embedded);
}
