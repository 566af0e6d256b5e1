//===- FreeBuffers.cpp - Free what bufferisation allocated ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace rdattn {
#define GEN_PASS_DEF_FREEBUFFERS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;

static bool isFreed(memref::AllocOp alloc) {
  return llvm::any_of(alloc->getUsers(), llvm::IsaPred<memref::DeallocOp>);
}

/// True where the block hands a memref on, which may be the buffer.
static bool leavesBlock(memref::AllocOp alloc) {
  Operation *end = alloc->getBlock()->getTerminator();
  return llvm::any_of(end->getOperandTypes(), llvm::IsaPred<BaseMemRefType>);
}

namespace {
struct FreeBuffers : rdattn::impl::FreeBuffersBase<FreeBuffers> {
  void runOnOperation() override {
    getOperation().walk([](memref::AllocOp alloc) {
      if (isFreed(alloc) || leavesBlock(alloc))
        return;
      OpBuilder builder(alloc->getBlock()->getTerminator());
      memref::DeallocOp::create(builder, alloc.getLoc(), alloc);
    });
  }
};
} // namespace
