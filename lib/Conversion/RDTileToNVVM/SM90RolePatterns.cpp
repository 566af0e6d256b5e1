//===- SM90RolePatterns.cpp - Warpgroups with roles -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
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
} // namespace

void rdattn::rdtile::populateSM90RolePatterns(const TypeConverter &types,
                                              RewritePatternSet &patterns) {
  patterns.add<RolesLowering>(types, patterns.getContext());
}
