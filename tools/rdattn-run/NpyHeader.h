//===- NpyHeader.h - The header of an .npy file -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_NPYHEADER_H
#define RDATTN_TOOLS_RUN_NPYHEADER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rdattn::run {

/// The element types a kernel can read. NumPy has no bfloat16: ml_dtypes
/// writes its arrays as opaque values of two bytes, Opaque16 here.
enum class NpyType { Float32, Float16, Opaque16 };

struct NpyHeader {
  NpyType type = NpyType::Float32;
  bool bigEndian = false;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
  size_t dataOffset = 0; ///< where the elements begin
};

/// Bytes of one element.
size_t sizeOf(NpyType type);

/// As users know it: "float32", "float16", "2-byte void (bfloat16)".
llvm::StringRef nameOf(NpyType type);

/// "[1, 14336, 12, 64]"
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// The bytes of an array, or an error where they exceed the address space.
llvm::Expected<size_t> byteCount(NpyType type, llvm::ArrayRef<int64_t> shape);

/// Reads the header at the start of `bytes` (format versions 1 to 3). Errors
/// do not name the file; the caller does.
llvm::Expected<NpyHeader> parseNpyHeader(llvm::StringRef bytes);

/// The header of a C-ordered little-endian array, padded as NumPy pads it.
std::string formatNpyHeader(NpyType type, llvm::ArrayRef<int64_t> shape);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_NPYHEADER_H
