//===- TensorChecks.cpp - What every tensor must be -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"

using namespace rdattn::runtime;

const char *rdattn::runtime::nameOf(rdattn_dtype dtype) {
  switch (dtype) {
  case RDATTN_FLOAT32:
    return "float32";
  case RDATTN_FLOAT16:
    return "float16";
  case RDATTN_BFLOAT16:
    return "bfloat16";
  }
  return nullptr;
}

int64_t rdattn::runtime::bytesOf(rdattn_dtype dtype) {
  return dtype == RDATTN_FLOAT32 ? 4 : 2;
}

bool Argument::isEmpty() const {
  for (int d = 0; d < tensor->rank; ++d)
    if (size(d) == 0)
      return true;
  return false;
}

static MaybeFailure checkType(const Argument &argument, rdattn_dtype dtype) {
  const char *name = nameOf(argument.tensor->dtype);
  if (!name)
    return invalid(argument.name, " has an unknown dtype ",
                   static_cast<int>(argument.tensor->dtype), ", but must be ",
                   nameOf(dtype));
  if (argument.tensor->dtype != dtype)
    return invalid(argument.name, " is ", name, ", but must be ",
                   nameOf(dtype));
  return std::nullopt;
}

MaybeFailure rdattn::runtime::checkForm(const Argument &argument,
                                        rdattn_dtype dtype, int rank,
                                        const char *shape) {
  const char *name = argument.name;
  if (!argument.tensor)
    return invalid(name, " is NULL, but must be a tensor ", shape);
  if (MaybeFailure failure = checkType(argument, dtype))
    return failure;
  if (argument.tensor->rank != rank)
    return invalid(name, " has ", argument.tensor->rank,
                   " dimensions, but must have ", rank, ": ", shape);
  if (!argument.tensor->sizes || !argument.tensor->strides)
    return invalid(name, ": its ",
                   argument.tensor->sizes ? "strides are" : "sizes are",
                   " NULL, but must be an array of ", rank);
  for (int d = 0; d < rank; ++d)
    if (argument.size(d) < 0)
      return invalid(name, ": dimension ", d, " has size ", argument.size(d),
                     ", but sizes must not be negative");
  // NumPy gives what has no elements any strides.
  if (argument.isEmpty())
    return std::nullopt;
  if (argument.size(rank - 1) > 1 && argument.stride(rank - 1) != 1)
    return invalid(name, ": the last dimension has stride ",
                   argument.stride(rank - 1),
                   ", but must be contiguous (stride 1); copy the tensor to a "
                   "contiguous last dimension");
  return std::nullopt;
}
