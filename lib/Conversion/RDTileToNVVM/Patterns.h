//===- Patterns.h - One lowering pattern per rdtile operation ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H
#define RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H

#include "lib/Conversion/RDTileToNVVM/Emitter.h"

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

void populateBarrierPatterns(const mlir::TypeConverter &types,
                             mlir::RewritePatternSet &patterns);
void populateCopyPatterns(const mlir::TypeConverter &types,
                          mlir::RewritePatternSet &patterns);
void populateStorePatterns(const mlir::TypeConverter &types,
                           mlir::RewritePatternSet &patterns);
void populateFragmentPatterns(const mlir::TypeConverter &types,
                              mlir::RewritePatternSet &patterns);
void populateProductPatterns(const mlir::TypeConverter &types,
                             mlir::RewritePatternSet &patterns);
void populateKernelPatterns(const mlir::TypeConverter &types,
                            mlir::RewritePatternSet &patterns);

/// The value that a region yields for `arguments`; its operations are cloned
/// where the emitter stands.
mlir::Value inlineBody(Emitter &b, mlir::Region &body,
                       mlir::ValueRange arguments);

/// Bytes of an element of a tile.
inline constexpr int64_t kElementBytes = 2;

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_RDTILETONVVM_PATTERNS_H
