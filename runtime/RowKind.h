//===- RowKind.h - What a row of k and of v holds ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_ROWKIND_H
#define RDATTN_RUNTIME_ROWKIND_H

#include "rdattn/runtime.h"

namespace rdattn::runtime {

struct RowKind {
  rdattn_dtype dtype = RDATTN_FLOAT32;
  int64_t headDim = 0, valueDim = 0;

  bool operator==(const RowKind &other) const {
    return dtype == other.dtype && headDim == other.headDim &&
           valueDim == other.valueDim;
  }
};

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_ROWKIND_H
