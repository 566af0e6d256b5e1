//===- SM90BarrierPatterns.cpp - Mbarriers --------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

namespace {
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
} // namespace

void rdattn::rdtile::populateSM90BarrierPatterns(const TypeConverter &types,
                                                 RewritePatternSet &patterns) {
  patterns.add<InitBarriersLowering, WaitLowering, ArriveLowering,
               ArriveWarpLowering, ExpectLowering, ArriveCopiesLowering,
               FenceTilesLowering>(types, patterns.getContext());
}
