//===- MatrixReader.h - Tiles of shared memory into registers ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_RDTILETONVVM_MATRIXREADER_H
#define RDATTN_CONVERSION_RDTILETONVVM_MATRIXREADER_H

#include "lib/Conversion/RDTileToNVVM/Emitter.h"

namespace rdattn::rdtile {

/// Of the 2 x 2 matrices that one ldmatrix reads, each eight rows of 16 bytes:
/// which is the second.
enum class MatrixOrder {
  RowsFirst,  ///< the one eight rows below the first
  ChunksFirst ///< the one 16 bytes to its right
};

/// Reads four matrices of a tile at a time. The swizzle makes of a chunk's
/// number an exclusive or, which a lane computes once for each of a panel's
/// four pairs of chunks; all else is an offset in the instruction.
class MatrixReader {
public:
  MatrixReader(Emitter &b, TileType tile, mlir::Value address,
               MatrixOrder order, bool isTransposed = false);

  /// From `row` (a multiple of eight) and `chunk` (of two) on.
  llvm::SmallVector<mlir::Value> load(int64_t row, int64_t chunk);

private:
  Emitter &b;
  TileType tile;
  bool isTransposed;
  mlir::Value rowAddress, place;
  mlir::Value addresses[4]; ///< made where first needed
};

/// Reads the right operand of a product of f32 whose depth is a tile's rows:
/// lane 4g + t has rows 2t and 2t + 1 of column g.
class ElementReader {
public:
  ElementReader(Emitter &b, TileType tile, mlir::Value address);

  /// Of the eight rows from `row` on and the eight columns of `eight`.
  llvm::SmallVector<mlir::Value> load(int64_t row, int64_t eight);

private:
  Emitter &b;
  TileType tile;
  mlir::Value rowAddresses[2], places[2];
  mlir::Value addresses[2][4]; ///< made where first needed
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_RDTILETONVVM_MATRIXREADER_H
