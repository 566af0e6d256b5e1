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

/// Operations on one barrier of several, at address `barrier`.
template <typename Op> struct OneBarrierLowering : Lowering<Op> {
  using Lowering<Op>::Lowering;
  using typename Lowering<Op>::OneToNOpAdaptor;
  using typename Lowering<Op>::Rewriter;

  LogicalResult matchAndRewrite(Op op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = this->emitter(op, rewriter);
    Value barrier = b.add(adaptor.getBarriers().front(),
                          b.shiftLeft(adaptor.getIndex().front(), 3));
    emit(b, op, adaptor, barrier);
    rewriter.eraseOp(op);
    return success();
  }

private:
  static void emit(Emitter &b, Op op, OneToNOpAdaptor adaptor, Value barrier);
};

template <>
void OneBarrierLowering<WaitOp>::emit(Emitter &b, WaitOp,
                                      OneToNOpAdaptor adaptor, Value barrier) {
  // The hardware gives up after a while, so it is asked until it says yes.
  b.ptx("{ .reg .pred complete; WAIT_${:uid}: "
        "mbarrier.try_wait.parity.shared.b64 complete, [$0], $1; "
        "@!complete bra WAIT_${:uid}; }",
        {}, "r,r,~{memory}", {barrier, adaptor.getParity().front()});
}

template <>
void OneBarrierLowering<ArriveOp>::emit(Emitter &b, ArriveOp, OneToNOpAdaptor,
                                        Value barrier) {
  b.ptx("mbarrier.arrive.shared.b64 _, [$0];", {}, "r,~{memory}", barrier);
}

template <>
void OneBarrierLowering<ArriveWarpOp>::emit(Emitter &b, ArriveWarpOp,
                                            OneToNOpAdaptor, Value barrier) {
  NVVM::SyncWarpOp::create(b, b.i32(-1));
  b.ptx("{ .reg .pred first; setp.eq.u32 first, $1, 0; "
        "@first mbarrier.arrive.shared.b64 _, [$0]; }",
        {}, "r,r,~{memory}", {barrier, b.laneIndex()});
}

template <>
void OneBarrierLowering<ExpectOp>::emit(Emitter &b, ExpectOp op,
                                        OneToNOpAdaptor, Value barrier) {
  b.ptx("mbarrier.arrive.expect_tx.shared.b64 _, [$0], $1;", {},
        "r,r,~{memory}", {barrier, b.i32(op.getBytes())});
}

template <>
void OneBarrierLowering<ArriveCopiesOp>::emit(Emitter &b, ArriveCopiesOp,
                                              OneToNOpAdaptor, Value barrier) {
  b.ptx("cp.async.mbarrier.arrive.noinc.shared.b64 [$0];", {}, "r,~{memory}",
        barrier);
}

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
  patterns.add<InitBarriersLowering, OneBarrierLowering<WaitOp>,
               OneBarrierLowering<ArriveOp>, OneBarrierLowering<ArriveWarpOp>,
               OneBarrierLowering<ExpectOp>, OneBarrierLowering<ArriveCopiesOp>,
               FenceTilesLowering>(types, patterns.getContext());
}
