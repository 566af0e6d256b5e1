//===- Parameters.h - The parameters of a kernel ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PARAMETERS_H
#define RDATTN_RUNTIME_CUDA_PARAMETERS_H

#include "runtime/cuda/Program.h"
#include "runtime/cuda/Tensors.h"
#include "runtime/cuda/Workspaces.h"

namespace rdattn::runtime::cuda {

/// A dense memref descriptor of rank 5: thirteen words.
struct Memref5 {
  Memref5() = default;
  Memref5(Address memory, const int64_t (&sizes)[5]);

  void *allocated, *aligned;
  int64_t offset, sizes[5], strides[5];
};

/// What the roles of a kernel stand for in one launch.
struct ParameterValues {
  Tensors tensors;
  float scale;
  const rdattn_table2 *items;
  const rdattn_table1 *rows, *phases;
  const rdattn_cuda_maps *maps;
  rdattn_table1 counter;
  Memref5 partials, statistics;
};

/// Pointers to all parameters of a kernel, in order.
class Parameters {
public:
  Parameters(const Kernel &kernel, const ParameterValues &values);

  void **begin() { return pointers; }

private:
  void addWords(const void *first, int count);
  void addRole(char role, const ParameterValues &values);

  // Five tensors, three tables, the counter, the scale, the maps, and partial
  // results: two sets of one device's, or three of a ring's.
  static constexpr int kMost = 4 * 11 + 9 + 7 + 2 * 5 + 5 + 2 + (11 + 2 * 9);
  void *pointers[kMost];
  int count = 0;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PARAMETERS_H
