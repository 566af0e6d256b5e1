//===- BarrierPatterns.cpp - Shared memory and named barriers -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

static constexpr StringLiteral kSharedMemory = "rdtile_shared";

void rdattn::rdtile::declareSharedMemory(gpu::GPUModuleOp module) {
  auto stop = [](SharedOp) { return WalkResult::interrupt(); };
  if (!module.walk(stop).wasInterrupted() || module.lookupSymbol(kSharedMemory))
    return;
  auto b =
      ImplicitLocOpBuilder::atBlockBegin(module.getLoc(), module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), 0);
  LLVM::GlobalOp::create(b, type, /*isConstant=*/false, LLVM::Linkage::External,
                         kSharedMemory, Attribute(),
                         /*alignment=*/1024,
                         static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
}

/// A memref's descriptor over shared memory; later passes see through the cast.
static Value asMemRef(Emitter &b, MemRefType type, Value base, int64_t offset) {
  Type pointer = base.getType();
  Value at = LLVM::GEPOp::create(b, pointer, b.getI8Type(), base,
                                 ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  auto array = LLVM::LLVMArrayType::get(b.getI64Type(), type.getRank());
  Value descriptor = LLVM::PoisonOp::create(
      b, LLVM::LLVMStructType::getLiteral(
             b.getContext(), {pointer, pointer, b.getI64Type(), array, array}));
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    descriptor = LLVM::InsertValueOp::create(b, descriptor, value, position);
  };
  insert(at, {0});
  insert(at, {1});
  insert(b.i64(0), {2});
  SmallVector<int64_t> strides = type.getStridesAndOffset().first;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    insert(b.i64(type.getDimSize(i)), {3, i});
    insert(b.i64(strides[i]), {4, i});
  }
  return UnrealizedConversionCastOp::create(b, type, descriptor).getResult(0);
}

namespace {
struct SharedLowering : Lowering<SharedOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(SharedOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    auto module = op->getParentOfType<gpu::GPUModuleOp>();
    auto memory = module.lookupSymbol<LLVM::GlobalOp>(kSharedMemory);
    Value base = LLVM::AddressOfOp::create(b, memory);
    int64_t offset = op.getOffset();
    if (auto type = dyn_cast<MemRefType>(op.getType())) {
      rewriter.replaceOp(op, asMemRef(b, type, base, offset));
      return success();
    }
    Value address = LLVM::PtrToIntOp::create(b, b.getI32Type(), base);
    rewriter.replaceOp(op, b.add(address, offset));
    return success();
  }
};

struct StageLowering : Lowering<StageOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(StageOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    int64_t bytes = op.getTile().getType().getBytes();
    Value offset = b.mul(adaptor.getIndex().front(), bytes);
    rewriter.replaceOp(op, b.add(adaptor.getRing().front(), offset));
    return success();
  }
};

template <typename Op> struct NamedBarrierLowering : Lowering<Op> {
  using Lowering<Op>::Lowering;
  using typename Lowering<Op>::OneToNOpAdaptor;
  using typename Lowering<Op>::Rewriter;
  LogicalResult matchAndRewrite(Op op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = this->emitter(op, rewriter);
    b.ptx(std::is_same_v<Op, SyncWarpsOp> ? "bar.sync $0, $1;"
                                          : "bar.arrive $0, $1;",
          {}, "r,r,~{memory}",
          {adaptor.getId().front(), b.i32(op.getThreads())});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ReconvergeLowering : Lowering<ReconvergeOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ReconvergeOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    NVVM::SyncWarpOp::create(b, b.i32(-1));
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateBarrierPatterns(const TypeConverter &types,
                                             RewritePatternSet &patterns) {
  patterns.add<SharedLowering, StageLowering, NamedBarrierLowering<SyncWarpsOp>,
               NamedBarrierLowering<SignalWarpsOp>, ReconvergeLowering>(
      types, patterns.getContext());
}
