//===- Memref.h - Tensors as compiled code passes them ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_MEMREF_H
#define RDATTN_RUNTIME_MEMREF_H

#include <cstdint>

namespace rdattn::runtime {

/// A memref descriptor of rank 4 as compiled code passes it: eleven words.
struct Memref4 {
  void *allocated, *aligned;
  int64_t offset, sizes[4], strides[4];
};

/// The same of rank 3: nine words.
struct Memref3 {
  void *allocated, *aligned;
  int64_t offset, sizes[3], strides[3];
};

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_MEMREF_H
