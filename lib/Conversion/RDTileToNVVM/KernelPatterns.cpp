//===- KernelPatterns.cpp - Roles and work items --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Memory.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace rdattn::rdtile;

static void setRegisters(Emitter &b, int64_t registers,
                         NVVM::SetMaxRegisterAction action) {
  NVVM::SetMaxRegisterOp::create(b, registers, action);
}

namespace {
/// One branch a role, as setmaxnreg wants it.
struct RolesLowering : Lowering<RolesOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(RolesOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    // The same in all lanes, which the compiler cannot know of a thread's
    // number: without it a branch between products would look divergent.
    Value warpgroup = b.div(b.threadIndex(), kWarpgroupThreads);
    warpgroup =
        NVVM::ShflOp::create(b, b.getI32Type(), b.i32(-1), warpgroup, b.i32(0),
                             b.i32(31), NVVM::ShflKind::idx, UnitAttr());
    Value isProducer = b.equal(warpgroup, b.i32(0));
    auto branch = scf::IfOp::create(b, isProducer, /*withElseRegion=*/true);
    b.setInsertionPointToStart(branch.thenBlock());
    setRegisters(b, op.getProducerRegisters(),
                 NVVM::SetMaxRegisterAction::decrease);
    rewriter.inlineBlockBefore(&op.getProducer().front(),
                               branch.thenBlock()->getTerminator());
    b.setInsertionPointToStart(branch.elseBlock());
    setRegisters(b, op.getConsumerRegisters(),
                 NVVM::SetMaxRegisterAction::increase);
    Value number = b.sub(warpgroup, b.i32(1));
    rewriter.inlineBlockBefore(&op.getConsumer().front(),
                               branch.elseBlock()->getTerminator(), number);
    rewriter.eraseOp(op);
    return success();
  }
};

struct NextItemLowering : Lowering<NextItemOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(NextItemOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    Value counter = GlobalMemory(b, op.getCounter()).address({});
    Value ticket = b.ptx("atom.relaxed.gpu.global.add.u32 $0, [$1], 1;",
                         b.getI32Type(), "=r,l,~{memory}", counter)
                       .front();
    rewriter.replaceOp(op, b.add(ticket, b.blockCount()));
    return success();
  }
};

/// The second word counts blocks and wraps to zero after the last.
struct RetireLowering : Lowering<RetireOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(RetireOp op, OneToNOpAdaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    Value counter = GlobalMemory(b, op.getCounter()).address({});
    Value last = b.sub(b.blockCount(), b.i32(1));
    Value retired = b.ptx("atom.acq_rel.gpu.global.inc.u32 $0, [$1 + 4], $2;",
                          b.getI32Type(), "=r,l,r,~{memory}", {counter, last})
                        .front();
    b.when(b.equal(retired, last), [&] {
      b.ptx("st.global.u32 [$0], 0;", {}, "l,~{memory}", counter);
    });
    rewriter.eraseOp(op);
    return success();
  }
};

/// The fast instructions: exact to 2 units in the last place.
template <typename Op> struct FastMathLowering : Lowering<Op> {
  using Lowering<Op>::Lowering;
  using typename Lowering<Op>::OneToNOpAdaptor;
  using typename Lowering<Op>::Rewriter;
  LogicalResult matchAndRewrite(Op op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    if (!op.getType().isF32())
      return failure();
    Emitter b = this->emitter(op, rewriter);
    StringRef code = std::is_same_v<Op, math::Exp2Op>
                         ? "ex2.approx.ftz.f32 $0, $1;"
                         : "lg2.approx.ftz.f32 $0, $1;";
    rewriter.replaceOp(op, b.ptx(code, b.getF32Type(), "=f,f",
                                 adaptor.getOperand().front(),
                                 /*isPure=*/true));
    return success();
  }
};

/// What LLVM has an intrinsic for and upstream would call the device library.
template <typename Op, typename Intrinsic>
struct IntrinsicLowering : Lowering<Op> {
  using Lowering<Op>::Lowering;
  using typename Lowering<Op>::OneToNOpAdaptor;
  using typename Lowering<Op>::Rewriter;
  LogicalResult matchAndRewrite(Op op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    SmallVector<Value> operands;
    for (ValueRange operand : adaptor.getOperands())
      operands.push_back(operand.front());
    rewriter.template replaceOpWithNewOp<Intrinsic>(op, op.getType(), operands);
    return success();
  }
};

struct CountTrailingZerosLowering : Lowering<math::CountTrailingZerosOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(math::CountTrailingZerosOp op,
                                OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::CountTrailingZerosOp>(
        op, op.getType(), adaptor.getOperand().front(),
        /*is_zero_poison=*/false);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateKernelPatterns(const TypeConverter &types,
                                            RewritePatternSet &patterns) {
  patterns.add<RolesLowering, NextItemLowering, RetireLowering,
               FastMathLowering<math::Exp2Op>, FastMathLowering<math::Log2Op>,
               IntrinsicLowering<math::FmaOp, LLVM::FMAOp>,
               IntrinsicLowering<arith::MaxNumFOp, LLVM::MaxNumOp>,
               IntrinsicLowering<arith::MinNumFOp, LLVM::MinNumOp>,
               CountTrailingZerosLowering>(types, patterns.getContext());
}
