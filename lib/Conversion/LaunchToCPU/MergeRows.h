//===- MergeRows.h - Rows of an item meet partial results -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_MERGEROWS_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_MERGEROWS_H

#include "lib/Conversion/LaunchToCPU/Kernel.h"

namespace rdattn::cpu {

using RowPart = llvm::function_ref<Value(Value, mlir::VectorType)>;

/// What a partial result and an item's row become (S9, before the division by
/// the sum): scalars, or vectors with a row in each lane.
struct Merge {
  Value earlier, later; ///< what the partial's o and the row's are weighed with
  RowSoftmax merged;
};

/// Of the token's row.
Merge mergeRow(Emitter &b, const Partials &partials, const Item &item,
               Value token, const RowSoftmax &row);

/// Of the first `count` of the rows in lanes [lane, lane + lanes) of a block,
/// into scratch.merges.
void mergeLanes(Emitter &b, const Kernel &kernel, const Scratch &scratch,
                const Item &item, const Partials &partials, Value block,
                Value lane, Value count);

/// Of row `stage` of those.
Merge loadMerge(Emitter &b, const Scratch &scratch, Value stage);

/// Makes it the row's partial results.
void storeMerge(Emitter &b, const Kernel &kernel, const Partials &partials,
                const Item &item, Value token, const Merge &merge,
                RowPart value);

/// A part of the merged row's o: `value(column, lanes)` is the item's.
Value mergedPart(Emitter &b, const Partials &partials, const Item &item,
                 Value token, const Merge &merge, RowPart value, Value column,
                 mlir::VectorType lanes);

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_MERGEROWS_H
