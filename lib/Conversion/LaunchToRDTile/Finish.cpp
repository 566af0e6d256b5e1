//===- Finish.cpp - The kernel that finishes a ring's rows ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/ResultRows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

namespace {
class FinishKernel : ResultRows {
public:
  using ResultRows::ResultRows;
  gpu::GPUFuncOp build(StringRef name);

private:
  void computeRow(Value exists) override;
  void finishRow(Value sum);

  Value inputs[3]; ///< o times its sums, maxima, sums
};
} // namespace

/// A sum of -1 says that a step has written the row.
void FinishKernel::computeRow(Value exists) {
  b.when(exists, [&] {
    Value sum = b.load(inputs[2], {batch, head, token});
    Value isOpen =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, sum, b.f32(-1));
    b.when(isOpen, [&] { finishRow(sum); });
  });
}

/// S5: what saw nothing holds anything, which is not used.
void FinishKernel::finishRow(Value sum) {
  Value isEmpty = b.equalf(sum, b.f32(0));
  auto columns = VectorType::get(width, b.getF32Type());
  Value at[] = {b.toIndex(batch), b.toIndex(token), b.toIndex(head),
                b.toIndex(b.mul(lane, width))};
  Value row = vector::LoadOp::create(b, columns, inputs[0], at,
                                     /*nontemporal=*/false,
                                     llvm::MaybeAlign(sizeof(float)));
  Value inverse = b.divf(b.f32(1), sum);
  row = b.mulf(row, vector::BroadcastOp::create(b, columns, inverse));
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(columns));
  writeOutputs(b.select(isEmpty, none, row));
  if (!lse)
    return;
  b.when(b.equal(lane, b.i32(0)), [&] {
    Value shift = b.load(inputs[1], {batch, head, token});
    writeLse(b.select(isEmpty, b.f32(-kInfinity), shift), sum);
  });
}

gpu::GPUFuncOp FinishKernel::build(StringRef name) {
  Type scalars = rowScalarsType(b.getContext());
  Type types[] = {accumulatedType(b.getContext(), key), scalars, scalars};
  return create(name, types, inputs);
}

gpu::GPUFuncOp rdtile::buildFinishKernel(I32Builder &b, const KernelKey &key,
                                         StringRef name, std::string &roles) {
  roles = key.hasLse ? "AXYol" : "AXYo";
  return FinishKernel(b, key).build(name);
}
