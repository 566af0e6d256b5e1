//===- TensorChecks.h - What every tensor must be ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_TENSORCHECKS_H
#define RDATTN_RUNTIME_TENSORCHECKS_H

#include "runtime/Error.h"

namespace rdattn::runtime {

/// An argument with its name for messages.
struct Argument {
  const char *name;
  const rdattn_tensor *tensor;

  int64_t size(int dimension) const { return tensor->sizes[dimension]; }
  int64_t stride(int dimension) const { return tensor->strides[dimension]; }
  bool isEmpty() const;
};

const char *nameOf(rdattn_dtype dtype);
int64_t bytesOf(rdattn_dtype dtype);

/// Present, with sizes and strides, of this dtype and shape; `shape` is for
/// messages, such as "[batch, heads, tokens]".
MaybeFailure checkForm(const Argument &argument, rdattn_dtype dtype, int rank,
                       const char *shape);

/// Where the data lies: present and aligned unless the tensor is empty, and
/// its last byte inside the address space.
MaybeFailure checkMemory(const Argument &argument);

/// An output's elements must all be different memory.
MaybeFailure checkOutput(const Argument &output);

/// An output must not share memory with `other`.
MaybeFailure checkApart(const Argument &output, const Argument &other);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_TENSORCHECKS_H
