//===- Merge.cpp - The kernel that merges branches ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/MergedRow.h"
#include "lib/Conversion/LaunchToRDTile/ResultRows.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr int64_t kWarp = 32;

namespace {
class MergeKernel : ResultRows {
public:
  MergeKernel(I32Builder &b, const KernelKey &key)
      : ResultRows(b, key, /*rowsAtOnce=*/1) {}
  gpu::GPUFuncOp build(StringRef name);

private:
  void computeRows(ArrayRef<Row> rows) override;
  void mergeRow(const Row &row, MergedRow &merged);
  void synchronize();

  Value inputs[2]; ///< partials, statistics
};
} // namespace

void MergeKernel::computeRows(ArrayRef<Row> rows) {
  const Row &row = rows.front();
  Values place{row.batch, row.token, row.head};
  for (Value &index : place)
    index = b.toIndex(index);
  MergedRow merged(b, sliceOf(b, inputs[0], 1, {place[0], place[1], place[2]}),
                   sliceOf(b, inputs[1], 2, {place[0], place[2], place[1]}),
                   b.mul(lane, width), width);
  b.when(row.exists, [&] { mergeRow(row, merged); });
  synchronize();
  b.when(row.exists, [&] { merged.reset(lane, lanes); });
}

void MergeKernel::mergeRow(const Row &row, MergedRow &merged) {
  MergedRow::Sums sums = merged.merge();
  writeOutputs(row, sums.o);
  if (lse)
    b.when(b.equal(lane, b.i32(0)),
           [&] { writeLse(row, sums.shift, sums.sum); });
}

/// All lanes have read a row's statistics before they are reset.
void MergeKernel::synchronize() {
  if (kWarp % lanes == 0)
    NVVM::SyncWarpOp::create(b, b.i32(-1));
  else
    gpu::BarrierOp::create(b);
}

gpu::GPUFuncOp MergeKernel::build(StringRef name) {
  Type types[] = {partialsType(key.element, key.valueDim),
                  statisticsType(b.getContext())};
  return create(name, types, inputs);
}

gpu::GPUFuncOp rdtile::buildMergeKernel(I32Builder &b, const KernelKey &key,
                                        StringRef name, std::string &roles) {
  roles = key.hasLse ? "PSol" : "PSo";
  return MergeKernel(b, key).build(name);
}
