//===- BarrierPatterns.cpp - Shared memory and barriers -------------------===//
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

/// The block's dynamic shared memory, declared once in a module.
static LLVM::GlobalOp dynamicSharedMemory(Emitter &b, Operation *user) {
  constexpr StringLiteral kName = "rdtile_shared";
  auto module = user->getParentOfType<gpu::GPUModuleOp>();
  if (auto global = module.lookupSymbol<LLVM::GlobalOp>(kName))
    return global;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), 0);
  return LLVM::GlobalOp::create(
      b, type, /*isConstant=*/false, LLVM::Linkage::External, kName,
      Attribute(), /*alignment=*/1024,
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
    LLVM::GlobalOp memory = dynamicSharedMemory(b, op);
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

struct InitBarriersLowering : Lowering<InitBarriersOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(InitBarriersOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    Value first = adaptor.getBarriers().front();
    Value arrivals = b.i32(op.getArrivals());
    for (int64_t i = 0; i < op.getBarriers().getType().getCount(); ++i)
      b.ptx("mbarrier.init.shared.b64 [$0], $1;", {}, "r,r",
            {b.add(first, 8 * i), arrivals});
    b.ptx("fence.mbarrier_init.release.cluster;", {}, "~{memory}", {});
    rewriter.eraseOp(op);
    return success();
  }
};

/// Operations on one barrier of several.
template <typename Op> struct OneBarrierLowering : Lowering<Op> {
  using Lowering<Op>::Lowering;
  using typename Lowering<Op>::OneToNOpAdaptor;

  static Value barrier(Emitter &b, OneToNOpAdaptor adaptor) {
    return b.add(adaptor.getBarriers().front(),
                 b.shiftLeft(adaptor.getIndex().front(), 3));
  }
};

struct WaitLowering : OneBarrierLowering<WaitOp> {
  using OneBarrierLowering::OneBarrierLowering;
  LogicalResult matchAndRewrite(WaitOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    // The hardware gives up after a while, so it is asked until it says yes.
    b.ptx("{ .reg .pred complete; WAIT_${:uid}: "
          "mbarrier.try_wait.parity.shared.b64 complete, [$0], $1; "
          "@!complete bra WAIT_${:uid}; }",
          {}, "r,r,~{memory}",
          {barrier(b, adaptor), adaptor.getParity().front()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ArriveLowering : OneBarrierLowering<ArriveOp> {
  using OneBarrierLowering::OneBarrierLowering;
  LogicalResult matchAndRewrite(ArriveOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    b.ptx("mbarrier.arrive.shared.b64 _, [$0];", {}, "r,~{memory}",
          barrier(b, adaptor));
    rewriter.eraseOp(op);
    return success();
  }
};

struct ArriveWarpLowering : OneBarrierLowering<ArriveWarpOp> {
  using OneBarrierLowering::OneBarrierLowering;
  LogicalResult matchAndRewrite(ArriveWarpOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    NVVM::SyncWarpOp::create(b, b.i32(-1));
    b.ptx("{ .reg .pred first; setp.eq.u32 first, $1, 0; "
          "@first mbarrier.arrive.shared.b64 _, [$0]; }",
          {}, "r,r,~{memory}", {barrier(b, adaptor), b.laneIndex()});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ExpectLowering : OneBarrierLowering<ExpectOp> {
  using OneBarrierLowering::OneBarrierLowering;
  LogicalResult matchAndRewrite(ExpectOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    b.ptx("mbarrier.arrive.expect_tx.shared.b64 _, [$0], $1;", {},
          "r,r,~{memory}", {barrier(b, adaptor), b.i32(op.getBytes())});
    rewriter.eraseOp(op);
    return success();
  }
};

struct ArriveCopiesLowering : OneBarrierLowering<ArriveCopiesOp> {
  using OneBarrierLowering::OneBarrierLowering;
  LogicalResult matchAndRewrite(ArriveCopiesOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    b.ptx("cp.async.mbarrier.arrive.noinc.shared.b64 [$0];", {}, "r,~{memory}",
          barrier(b, adaptor));
    rewriter.eraseOp(op);
    return success();
  }
};

struct FenceTilesLowering : Lowering<FenceTilesOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(FenceTilesOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    b.ptx("fence.proxy.async.shared::cta;", {}, "~{memory}", {});
    rewriter.eraseOp(op);
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
} // namespace

void rdattn::rdtile::populateBarrierPatterns(const TypeConverter &types,
                                             RewritePatternSet &patterns) {
  patterns.add<SharedLowering, StageLowering, InitBarriersLowering,
               WaitLowering, ArriveLowering, ArriveWarpLowering, ExpectLowering,
               ArriveCopiesLowering, FenceTilesLowering,
               NamedBarrierLowering<SyncWarpsOp>,
               NamedBarrierLowering<SignalWarpsOp>>(types,
                                                    patterns.getContext());
}
