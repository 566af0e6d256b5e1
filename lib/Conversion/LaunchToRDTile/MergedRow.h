//===- MergedRow.h - One row of several branches ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_MERGEDROW_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_MERGEDROW_H

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

namespace rdattn::rdtile {

/// One thread's columns of a row, merged from its branches in one pass.
class MergedRow {
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

public:
  /// `partials` are memref<branches x columns>, `statistics`
  /// memref<2 x branches>; the thread's are `width` columns from `column` on.
  MergedRow(I32Builder &b, Value partials, Value statistics, Value column,
            int64_t width);

  /// A row that no branch computed has o = 0, shift -inf and sum 0.
  struct Sums {
    Value shift, sum, o;
  };
  Sums merge();
  /// The next launch finds the statistics of an empty row. All `lanes` threads
  /// of the row do it together.
  void reset(Value lane, int64_t lanes);

private:
  /// What one branch has of the row.
  struct Part {
    Value branch, shift, sum, isEmpty, o;
  };
  Part statisticsOf(Value branch);
  Value outputsOf(const Part &part, Value computed);
  Values addParts(llvm::ArrayRef<Part> parts, ValueRange carried);
  Values addBranches(Value first, ValueRange carried);

  I32Builder &b;
  Value partials, statistics, column, branches;
  mlir::VectorType stored; ///< columns as partials have them
  mlir::VectorType sums;   ///< and in f32
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_MERGEDROW_H
