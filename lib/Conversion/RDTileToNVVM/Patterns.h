//===- Patterns.h - One lowering pattern per rdtile operation ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H
#define RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H

#include "lib/Conversion/RDTileToNVVM/Emitter.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Transforms/DialectConversion.h"

namespace rdattn::rdtile {

/// Lowers one operation. A tile, a ring or barriers are their shared-memory
/// address (i32) below; a fragment is this thread's registers, one value each.
template <typename Op> class Lowering : public mlir::OpConversionPattern<Op> {
public:
  using mlir::OpConversionPattern<Op>::OpConversionPattern;
  using OneToNOpAdaptor =
      typename mlir::OpConversionPattern<Op>::OneToNOpAdaptor;
  using Rewriter = mlir::ConversionPatternRewriter;

protected:
  /// An emitter in front of `op` that reports what it makes to `rewriter`.
  static Emitter emitter(Op op, Rewriter &rewriter) {
    Emitter b(op.getLoc(), rewriter.getContext());
    b.setListener(rewriter.getListener());
    b.setInsertionPoint(op);
    return b;
  }
};

/// Declares the block's dynamic shared memory where kernels use it. Patterns
/// see but one kernel.
void declareSharedMemory(mlir::gpu::GPUModuleOp module);

void populateBarrierPatterns(const mlir::TypeConverter &types,
                             mlir::RewritePatternSet &patterns);
void populateCopyPatterns(const mlir::TypeConverter &types,
                          mlir::RewritePatternSet &patterns);
void populateLoadPatterns(const mlir::TypeConverter &types,
                          mlir::RewritePatternSet &patterns);
void populateStorePatterns(const mlir::TypeConverter &types,
                           mlir::RewritePatternSet &patterns);
void populateFragmentPatterns(const mlir::TypeConverter &types,
                              mlir::RewritePatternSet &patterns);
void populateKernelPatterns(const mlir::TypeConverter &types,
                            mlir::RewritePatternSet &patterns);

/// What Hopper alone has: mbarriers, tensor maps, roles, and its products.
void populateSM90BarrierPatterns(const mlir::TypeConverter &types,
                                 mlir::RewritePatternSet &patterns);
void populateSM90MapPatterns(const mlir::TypeConverter &types,
                             mlir::RewritePatternSet &patterns);
void populateSM90RolePatterns(const mlir::TypeConverter &types,
                              mlir::RewritePatternSet &patterns);
void populateSM90ProductPatterns(const mlir::TypeConverter &types,
                                 mlir::RewritePatternSet &patterns);

/// The products of Ampere and all later GPUs.
void populateSM80ProductPatterns(const mlir::TypeConverter &types,
                                 mlir::RewritePatternSet &patterns);

/// The value that a region yields for `arguments`; its operations are cloned
/// where the emitter stands.
mlir::Value inlineBody(Emitter &b, mlir::Region &body,
                       mlir::ValueRange arguments);

/// Bytes of what one instruction copies or the swizzle moves.
inline constexpr int64_t kChunkBytes = 16;
inline constexpr int64_t kChunksPerRow = TileType::kPanelRowBytes / kChunkBytes;

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H
