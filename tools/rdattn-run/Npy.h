//===- Npy.h - Arrays in .npy files -----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_NPY_H
#define RDATTN_TOOLS_RUN_NPY_H

#include "tools/rdattn-run/NpyHeader.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace rdattn::run {

/// A C-ordered array in the machine's byte order, aligned to 64 bytes.
struct Array {
  NpyType type = NpyType::Float32;
  std::vector<int64_t> shape;
  std::unique_ptr<llvm::WritableMemoryBuffer> memory;

  char *data() const { return memory->getBufferStart(); }
  size_t bytes() const { return memory->getBufferSize(); }
};

/// An uninitialised array, or an error where memory does not suffice.
llvm::Expected<Array> makeArray(NpyType type, std::vector<int64_t> shape);

/// Reads all of `path`; Fortran order and big-endian elements are converted.
/// The error is one sentence that names the file.
llvm::Expected<Array> readNpy(llvm::StringRef path);

/// The array in `bytes`, whose length must be exactly that of one array.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes);

void writeNpy(llvm::raw_ostream &stream, const Array &array);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_NPY_H
