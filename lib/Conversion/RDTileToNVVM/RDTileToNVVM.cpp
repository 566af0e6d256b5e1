//===- RDTileToNVVM.cpp - Tiles become instructions for sm_90a ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/Passes.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTRDTILETONVVM
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

/// `count` registers of one type.
static LogicalResult expand(int64_t count, Type type,
                            SmallVectorImpl<Type> &results) {
  results.append(count, type);
  return success();
}

static void addConversions(TypeConverter &types) {
  types.addConversion([](Type type) { return type; });
  auto word = [](Type type) -> Type {
    return IntegerType::get(type.getContext(), 32);
  };
  types.addConversion([=](TileType type) { return word(type); });
  types.addConversion([=](RingType type) { return word(type); });
  types.addConversion([=](BarriersType type) { return word(type); });
  types.addConversion([](MapsType type) -> Type {
    return LLVM::LLVMPointerType::get(type.getContext());
  });
  using Types = SmallVectorImpl<Type>;
  types.addConversion([](AccumulatorType type, Types &results) {
    return expand(type.getRegisters(), Float32Type::get(type.getContext()),
                  results);
  });
  types.addConversion([](PendingType type, Types &results) {
    return expand(type.getColumns() / 2, Float32Type::get(type.getContext()),
                  results);
  });
  types.addConversion([=](OperandType type, Types &results) {
    return expand(type.getColumns() / 4, word(type), results);
  });
  types.addConversion([=](TokensType type, Types &results) {
    return expand(type.getRegisters(), word(type), results);
  });
  types.addConversion([](RowsType type, Types &results) {
    return expand(2, type.getElement(), results);
  });
}

namespace {
struct ConvertRDTileToNVVM
    : rdattn::impl::ConvertRDTileToNVVMBase<ConvertRDTileToNVVM> {
  void runOnOperation() override {
    TypeConverter types;
    addConversions(types);
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    populateBarrierPatterns(types, patterns);
    populateCopyPatterns(types, patterns);
    populateStorePatterns(types, patterns);
    populateFragmentPatterns(types, patterns);
    populateProductPatterns(types, patterns);
    populateKernelPatterns(types, patterns);

    ConversionTarget target(*context);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalDialect<RDTileDialect>();
    target.addIllegalOp<arith::MaxNumFOp, arith::MinNumFOp,
                        math::CountTrailingZerosOp, math::Exp2Op, math::FmaOp,
                        math::Log2Op>();
    scf::populateSCFStructuralTypeConversionsAndLegality(types, patterns,
                                                         target);
    populateFunctionOpInterfaceTypeConversionPattern<gpu::GPUFuncOp>(patterns,
                                                                     types);
    target.addDynamicallyLegalOp<gpu::GPUFuncOp>([&](gpu::GPUFuncOp op) {
      return types.isSignatureLegal(op.getFunctionType());
    });
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
