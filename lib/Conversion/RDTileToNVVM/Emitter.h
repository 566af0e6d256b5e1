//===- Emitter.h - Instructions of one thread -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_RDTILETONVVM_EMITTER_H
#define RDATTN_CONVERSION_RDTILETONVVM_EMITTER_H

#include "dialect/RDTile.h"
#include "lib/Conversion/Common/I32Builder.h"

namespace rdattn::rdtile {

/// Builds what one thread does: arithmetic, single PTX instructions, and where
/// the thread stands in its warpgroup.
class Emitter : public I32Builder {
public:
  using I32Builder::I32Builder;

  /// One instruction with effects, or without where it is pure. Operands are
  /// $0, $1, ... with LLVM's constraint letters.
  llvm::SmallVector<Value> ptx(llvm::StringRef code, mlir::TypeRange results,
                               llvm::StringRef constraints, ValueRange operands,
                               bool isPure = false);

  Value threadIndex();
  Value blockCount();
  Value laneIndex();       ///< 0 to 31
  Value warpgroupThread(); ///< 0 to 127
  Value warpInGroup();     ///< 0 to 3

  /// The row and column of element `index` of this thread's registers of an
  /// accumulator; see RDTile_Accumulator.
  Value fragmentRow(int64_t half);
  Value fragmentColumn(int64_t index);

  /// `value` of the lane whose number differs in `mask`.
  Value exchange(Value value, int64_t mask);
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_RDTILETONVVM_EMITTER_H
