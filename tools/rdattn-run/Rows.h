//===- Rows.h - One row of attention, computed two ways ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_ROWS_H
#define RDATTN_TOOLS_RUN_ROWS_H

#include "rdattn/runtime.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace rdattn::run {

/// q, k and v in C order, and the scale.
struct Inputs {
  rdattn_dtype dtype;
  const void *q, *k, *v;
  int64_t tokens, heads, kvHeads, headDim, valueDim;
  double scale;
  bool valuesAreFinite = true; ///< all of v
};

/// `o` and `lse` of one row. An empty row has o = 0 and lse = -inf (S5).
struct Row {
  std::vector<double> o;
  double lse;
};

struct RowIndex {
  int64_t batch, head, row;
};

/// The row in fp64: what the definition says.
Row exactRow(const Inputs &inputs, RowIndex index,
             llvm::ArrayRef<int64_t> keys);

/// The row as a plain implementation gets it (S10): scores in f32, rounded to
/// the element type, their softmax likewise, and so the result; lse from the
/// scores before they are rounded.
Row plainRow(const Inputs &inputs, RowIndex index,
             llvm::ArrayRef<int64_t> keys);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_ROWS_H
