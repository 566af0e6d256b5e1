//===- Merge.cpp - The kernel that merges branches ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr int64_t kWarp = 32;

namespace {
/// One warp a row of the result. Rows may be more than 2^31, so they are
/// counted in 64 bits.
class MergeKernel {
public:
  MergeKernel(I32Builder &b, const KernelKey &key) : b(b), key(key) {}
  gpu::GPUFuncOp build(StringRef name);

private:
  using Values = I32Builder::Values;

  Value statistic(int64_t which, Value branch);
  void mergeRow();
  Values overBranches(ValueRange initial,
                      function_ref<Values(Value, ValueRange)> body);
  void writeColumns(Value shift, Value inverse);
  void writeLse(Value shift, Value sum);
  void resetStatistics();

  I32Builder &b;
  const KernelKey &key;
  Value partials, statistics, o, lse;
  Value lane, batch, token, head, branches; ///< index
};
} // namespace

static Value indexConstant(I32Builder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value MergeKernel::statistic(int64_t which, Value branch) {
  return memref::LoadOp::create(
      b, statistics,
      ValueRange{indexConstant(b, which), branch, batch, head, token});
}

MergeKernel::Values
MergeKernel::overBranches(ValueRange initial,
                          function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, indexConstant(b, 0), branches,
                                 indexConstant(b, 1), initial);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(b, next);
  return Values(loop.getResults());
}

static Value exp2(I32Builder &b, Value x) { return math::Exp2Op::create(b, x); }

/// S9 over all branches at once.
void MergeKernel::mergeRow() {
  Value highest =
      overBranches(b.f32(-kInfinity), [&](Value branch, ValueRange carried) {
        return Values{
            arith::MaxNumFOp::create(b, carried[0], statistic(0, branch))};
      }).front();
  Value isEmpty = b.equalf(highest, b.f32(-kInfinity));
  Value shift = b.select(isEmpty, b.f32(0), highest);
  Value sum = overBranches(b.f32(0), [&](Value branch, ValueRange carried) {
                Value weight = exp2(b, b.subf(statistic(0, branch), shift));
                return Values{math::FmaOp::create(b, statistic(1, branch),
                                                  weight, carried[0])};
              }).front();
  Value inverse = b.select(isEmpty, b.f32(0), b.divf(b.f32(1), sum));
  writeColumns(shift, inverse);
  Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, lane,
                                        indexConstant(b, 0));
  if (lse)
    b.when(isFirst, [&] { writeLse(shift, sum); });
  // All lanes have read the statistics before they are reset.
  NVVM::SyncWarpOp::create(b, b.i32(-1));
  b.when(isFirst, [&] { resetStatistics(); });
}

/// What no query of a branch computed is not read: it may be anything.
void MergeKernel::writeColumns(Value shift, Value inverse) {
  auto columns = scf::ForOp::create(b, lane, indexConstant(b, key.valueDim),
                                    indexConstant(b, kWarp));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(columns.getBody());
  Value column = columns.getInductionVar();
  Value sum =
      overBranches(b.f32(0), [&](Value branch, ValueRange carried) {
        Value weight = exp2(b, b.subf(statistic(0, branch), shift));
        Value isEmpty = b.equalf(statistic(0, branch), b.f32(-kInfinity));
        auto add = [&] {
          Value part = memref::LoadOp::create(
              b, partials, ValueRange{branch, batch, token, head, column});
          return Values{math::FmaOp::create(b, part, weight, carried[0])};
        };
        return b.choose(isEmpty, [&] { return Values{carried[0]}; }, add);
      }).front();
  Value result = b.mulf(sum, inverse);
  if (!key.element.isF32())
    result = arith::TruncFOp::create(b, key.element, result);
  memref::StoreOp::create(b, result, o, ValueRange{batch, token, head, column});
}

void MergeKernel::writeLse(Value shift, Value sum) {
  constexpr double kLn2 = 0.6931471805599453;
  // log2(0) = -inf is an empty row's.
  Value log = b.addf(shift, math::Log2Op::create(b, sum));
  memref::StoreOp::create(b, b.mulf(log, b.f32(kLn2)), lse,
                          ValueRange{batch, head, token});
}

/// The next launch finds the statistics of empty rows.
void MergeKernel::resetStatistics() {
  overBranches({}, [&](Value branch, ValueRange) {
    const double empty[] = {-kInfinity, 0};
    for (int64_t which : {0, 1})
      memref::StoreOp::create(
          b, b.f32(empty[which]), statistics,
          ValueRange{indexConstant(b, which), branch, batch, head, token});
    return Values();
  });
}

gpu::GPUFuncOp MergeKernel::build(StringRef name) {
  OpBuilder::InsertionGuard guard(b);
  MLIRContext *context = b.getContext();
  SmallVector<Type> types{partialsType(context, key.valueDim),
                          statisticsType(context),
                          tensorType(key.element, key.valueDim)};
  if (key.hasLse)
    types.push_back(logSumExpType(context));
  gpu::GPUFuncOp function = createKernel(b, name, types, kMergeThreads);
  partials = function.getArgument(0);
  statistics = function.getArgument(1);
  o = function.getArgument(2);
  lse = key.hasLse ? Value(function.getArgument(3)) : Value();

  Type index = b.getIndexType();
  Value thread = gpu::ThreadIdOp::create(b, index, gpu::Dimension::x);
  Value warp = arith::DivUIOp::create(b, thread, indexConstant(b, kWarp));
  lane = arith::RemUIOp::create(b, thread, indexConstant(b, kWarp));
  branches = memref::DimOp::create(b, partials, 0);
  Value tokens = memref::DimOp::create(b, o, 1);
  Value heads = memref::DimOp::create(b, o, 2);
  Value perBatch = b.mul(tokens, heads);
  Value rows = b.mul(memref::DimOp::create(b, o, 0), perBatch);
  Value warps = indexConstant(b, kMergeThreads / kWarp);
  Value block = gpu::BlockIdOp::create(b, index, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(b, index, gpu::Dimension::x);
  auto loop = scf::ForOp::create(b, b.add(b.mul(block, warps), warp), rows,
                                 b.mul(blocks, warps));
  {
    OpBuilder::InsertionGuard inner(b);
    b.setInsertionPointToStart(loop.getBody());
    Value row = loop.getInductionVar();
    batch = b.div(row, perBatch);
    Value inBatch = b.rem(row, perBatch);
    token = b.div(inBatch, heads);
    head = b.rem(inBatch, heads);
    mergeRow();
  }
  b.setInsertionPointAfter(loop);
  gpu::ReturnOp::create(b);
  return function;
}

gpu::GPUFuncOp rdtile::buildMergeKernel(I32Builder &b, const KernelKey &key,
                                        StringRef name, std::string &roles) {
  roles = key.hasLse ? "PSol" : "PSo";
  return MergeKernel(b, key).build(name);
}
