//===- SM90MapPatterns.cpp - Copies by tensor map -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include "rdattn/module.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// Bytes of one tensor map.
static constexpr int64_t kMapBytes =
    sizeof(rdattn_cuda_maps::maps) / (3 * RDATTN_CUDA_MAPS);

/// An i32 of the parameter `maps` at a byte offset.
static Value loadWord(Emitter &b, Value maps, int64_t offset) {
  Value at = LLVM::GEPOp::create(b, maps.getType(), b.getI8Type(), maps,
                                 ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return LLVM::LoadOp::create(b, b.getI32Type(), at);
}

namespace {
struct FindMapLowering : Lowering<FindMapOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(FindMapOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    Value maps = adaptor.getMaps().front();
    Value found = b.i32(-1);
    bool isQ = op.getInput() == Input::Q;
    int64_t strides = isQ ? offsetof(rdattn_cuda_maps, strides)
                          : offsetof(rdattn_cuda_maps, key_strides);
    int64_t limits = isQ ? offsetof(rdattn_cuda_maps, limits)
                         : offsetof(rdattn_cuda_maps, key_limits);
    for (int64_t i = 0; i < RDATTN_CUDA_MAPS; ++i) {
      int64_t word = sizeof(int32_t) * i;
      Value stride = loadWord(b, maps, strides + word);
      Value limit = loadWord(b, maps, limits + word);
      Value fits = b.both(b.equal(stride, adaptor.getStride().front()),
                          b.less(adaptor.getLast().front(), limit));
      found = b.select(fits, b.i32(i), found);
    }
    rewriter.replaceOp(op, found);
    return success();
  }
};

/// One instruction a panel.
struct CopyMapLowering : Lowering<CopyMapOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(CopyMapOp op, OneToNOpAdaptor adaptor,
                                Rewriter &rewriter) const override {
    Emitter b = emitter(op, rewriter);
    TileType tile = op.getTile().getType();
    int64_t first = static_cast<int64_t>(op.getInput()) * RDATTN_CUDA_MAPS;
    Value number = b.add(adaptor.getMap().front(), first);
    Value offset = b.extend(b.mul(number, kMapBytes));
    Value maps = adaptor.getMaps().front();
    Value map = LLVM::GEPOp::create(b, maps.getType(), b.getI8Type(), maps,
                                    ArrayRef<LLVM::GEPArg>{offset});
    Value barrier = b.add(adaptor.getBarriers().front(),
                          b.shiftLeft(adaptor.getIndex().front(), 3));
    for (int64_t panel = 0; panel < tile.getPanels(); ++panel)
      b.ptx("cp.async.bulk.tensor.5d.shared::cluster.global.tile"
            ".mbarrier::complete_tx::bytes [$0], [$1, {$2, $3, $4, $5, $6}], "
            "[$7];",
            {}, "r,l,r,r,r,r,r,r,~{memory}",
            {b.add(adaptor.getTile().front(), panel * tile.getPanelBytes()),
             map, b.i32(panel * tile.getPanelColumns()),
             adaptor.getStep().front(), adaptor.getResidue().front(),
             adaptor.getHead().front(), adaptor.getBatch().front(), barrier});
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void rdattn::rdtile::populateSM90MapPatterns(const TypeConverter &types,
                                             RewritePatternSet &patterns) {
  patterns.add<FindMapLowering, CopyMapLowering>(types, patterns.getContext());
}
