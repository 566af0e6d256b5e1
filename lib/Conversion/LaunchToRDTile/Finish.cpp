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
/// Nearly all rows are written already, and their sums are all that is read.
static constexpr int64_t kRowsAtOnce = 8;

namespace {
class FinishKernel : ResultRows {
public:
  FinishKernel(I32Builder &b, const KernelKey &key)
      : ResultRows(b, key, kRowsAtOnce) {}
  gpu::GPUFuncOp build(StringRef name);

private:
  void computeRows(ArrayRef<Row> rows) override;
  Value sumOf(const Row &row);
  void finishRow(const Row &row, Value sum);

  Value inputs[3]; ///< o times its sums, maxima, sums
};
} // namespace

/// -1 says that a step has written the row. The first row stands for one that
/// does not exist, so that no branch keeps the reads apart.
Value FinishKernel::sumOf(const Row &row) {
  Values at{row.batch, row.head, row.token};
  for (Value &index : at)
    index = b.select(row.exists, index, b.i32(0));
  return b.load(inputs[2], at);
}

void FinishKernel::computeRows(ArrayRef<Row> rows) {
  Values sums;
  for (const Row &row : rows)
    sums.push_back(sumOf(row));
  for (auto [row, sum] : llvm::zip(rows, sums)) {
    Value isOpen =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, sum, b.f32(-1));
    b.when(b.both(row.exists, isOpen), [&] { finishRow(row, sum); });
  }
}

/// S5: what saw nothing holds anything, which is not used.
void FinishKernel::finishRow(const Row &row, Value sum) {
  Value isEmpty = b.equalf(sum, b.f32(0));
  auto columns = VectorType::get(width, b.getF32Type());
  Value at[] = {b.toIndex(row.batch), b.toIndex(row.token), b.toIndex(row.head),
                b.toIndex(b.mul(lane, width))};
  Value o = vector::LoadOp::create(b, columns, inputs[0], at,
                                   /*nontemporal=*/false,
                                   llvm::MaybeAlign(sizeof(float)));
  Value inverse = b.divf(b.f32(1), sum);
  o = b.mulf(o, vector::BroadcastOp::create(b, columns, inverse));
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(columns));
  writeOutputs(row, b.select(isEmpty, none, o));
  if (!lse)
    return;
  b.when(b.equal(lane, b.i32(0)), [&] {
    Value shift = b.load(inputs[1], {row.batch, row.head, row.token});
    writeLse(row, b.select(isEmpty, b.f32(-kInfinity), shift), sum);
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
