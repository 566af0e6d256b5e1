//===- Memory.h - Rows of global and shared memory --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_RDTILETONVVM_MEMORY_H
#define RDATTN_CONVERSION_RDTILETONVVM_MEMORY_H

#include "lib/Conversion/RDTileToNVVM/Emitter.h"

namespace rdattn::rdtile {

/// Addresses in a memref, in bytes, as 64-bit integers.
class GlobalMemory {
public:
  GlobalMemory(Emitter &b, mlir::Value memref);

  /// The address of [indices..., 0, ...]: what is left of the indices is 0.
  mlir::Value address(mlir::ValueRange indices);
  /// `address` with one more index, at `dimension`.
  mlir::Value step(mlir::Value address, mlir::Value index, int64_t dimension);
  /// The stride of a dimension in bytes, where it fits i32.
  mlir::Value strideBytes32(int64_t dimension);

private:
  Emitter &b;
  int64_t bytes;
  mlir::Value base;
  llvm::SmallVector<mlir::Value> strides; ///< of elements, as i64
};

/// A pointer to global memory.
mlir::Value globalPointer(Emitter &b, mlir::Value address);

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_RDTILETONVVM_MEMORY_H
