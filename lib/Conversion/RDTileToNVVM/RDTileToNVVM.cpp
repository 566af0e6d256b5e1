//===- RDTileToNVVM.cpp - Tiles become instructions -----------------------===//
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
#include "mlir/IR/Threading.h"

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
    bool isF32 = type.getElement().isF32();
    return expand(type.getRegisters(), isF32 ? type.getElement() : word(type),
                  results);
  });
  types.addConversion([=](TokensType type, Types &results) {
    return expand(type.getRegisters(), word(type), results);
  });
  types.addConversion([](RowsType type, Types &results) {
    return expand(2, type.getElement(), results);
  });
}

/// Hopper's instructions need an image for sm_90a alone; every other GPU since
/// Ampere runs what is written for sm_80.
static bool isSM90(gpu::GPUModuleOp module) {
  ArrayAttr targets = module.getTargetsAttr();
  if (!targets)
    return true;
  return llvm::all_of(targets.getAsRange<Attribute>(), [](Attribute target) {
    auto nvvm = dyn_cast<NVVM::NVVMTargetAttr>(target);
    return nvvm && nvvm.getChip() == "sm_90a";
  });
}

/// Reports the first operation that needs Hopper.
static LogicalResult checkForSM80(gpu::GPUModuleOp module) {
  auto check = [](Operation *op) {
    if (!isa<InitBarriersOp, WaitOp, ArriveOp, ArriveWarpOp, ExpectOp,
             ArriveCopiesOp, FenceTilesOp, FindMapOp, CopyMapOp, RolesOp>(op))
      return WalkResult::advance();
    op->emitOpError("needs a gpu.module whose target is sm_90a");
    return WalkResult::interrupt();
  };
  return failure(module.walk(check).wasInterrupted());
}

static void populate(bool isSM90, const TypeConverter &types,
                     RewritePatternSet &patterns) {
  populateBarrierPatterns(types, patterns);
  populateCopyPatterns(types, patterns);
  populateLoadPatterns(types, patterns);
  populateStorePatterns(types, patterns);
  populateFragmentPatterns(types, patterns);
  populateKernelPatterns(types, patterns);
  if (!isSM90)
    return populateSM80ProductPatterns(types, patterns);
  populateSM90BarrierPatterns(types, patterns);
  populateSM90MapPatterns(types, patterns);
  populateSM90RolePatterns(types, patterns);
  populateSM90ProductPatterns(types, patterns);
}

namespace {
struct ConvertRDTileToNVVM
    : rdattn::impl::ConvertRDTileToNVVMBase<ConvertRDTileToNVVM> {
  void runOnOperation() override {
    bool hopper = isSM90(getOperation());
    if (!hopper && failed(checkForSM80(getOperation())))
      return signalPassFailure();
    TypeConverter types;
    addConversions(types);
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    populate(hopper, types, patterns);

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
    declareSharedMemory(getOperation());
    // Each function alone, in parallel: they take long.
    FrozenRewritePatternSet frozen(std::move(patterns));
    SmallVector<Operation *> functions;
    for (Operation &function : *getOperation().getBody())
      functions.push_back(&function);
    if (failed(failableParallelForEach(
            context, functions, [&](Operation *function) {
              return applyPartialConversion(function, target, frozen);
            })))
      signalPassFailure();
  }
};
} // namespace
