//===- ResultRows.h - Kernels that only give results ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_RESULTROWS_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_RESULTROWS_H

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

namespace rdattn::rdtile {

/// Walks all rows of o and writes them, for a kernel that computes each from
/// partial results. A lane holds one vector of columns, neighbouring lanes hold
/// a row, and a block holds rows of neighbouring tokens.
class ResultRows {
protected:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using Values = I32Builder::Values;

public:
  /// Of `rowsAtOnce` rows what each needs is read before any is computed.
  ResultRows(I32Builder &b, const KernelKey &key, int64_t rowsAtOnce);
  virtual ~ResultRows() = default;

protected:
  /// A row of o, which `exists` in some of the lanes.
  struct Row {
    Value batch, token, head; ///< i32
    Value exists;
  };

  /// Creates a kernel that takes `inputs`, o and where there is one lse, and
  /// calls computeRows() in it. `inputs` become arguments.
  mlir::gpu::GPUFuncOp create(llvm::StringRef name,
                              llvm::ArrayRef<mlir::Type> inputTypes,
                              llvm::MutableArrayRef<Value> inputs);
  virtual void computeRows(llvm::ArrayRef<Row> rows) = 0;

  /// An f32 vector of the lane's columns.
  void writeOutputs(const Row &row, Value outputs);
  /// The exponent base that o's weights were counted from, and their sum.
  void writeLse(const Row &row, Value shift, Value sum);

  I32Builder &b;
  const KernelKey &key;
  const int64_t width; ///< columns of a vector
  const int64_t lanes; ///< of a row
  const int64_t rows;  ///< of a block
  Value o, lse;
  Value lane; ///< i32

private:
  /// Tokens of one head that a block computes at a time.
  struct Tile {
    Value batch, head, number; ///< i32

    llvm::SmallVector<Value> values() const { return {batch, head, number}; }
    static Tile fromValues(ValueRange v) { return {v[0], v[1], v[2]}; }
  };

  void prepare();
  Tile tileAt(Value count);
  Tile advanced(const Tile &tile, const Tile &step);
  void forEachTile();
  Tile computeTiles(Tile tile, const Tile &step);
  Row rowOf(const Tile &tile);
  int64_t vectorBytes() const;
  Value areVectorsAligned();

  const int64_t rowsAtOnce;
  Value batches, tokens, heads, tiles;
  Value slot, isAligned;
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_RESULTROWS_H
