//===- Parameters.cpp - The parameters of a kernel ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Parameters.h"

using namespace rdattn::runtime::cuda;

Memref5::Memref5(Address memory, const int64_t (&shape)[5])
    : allocated(reinterpret_cast<void *>(memory)), aligned(allocated),
      offset(0) {
  int64_t stride = 1;
  for (int d = 4; d >= 0; --d) {
    sizes[d] = shape[d];
    strides[d] = stride;
    stride *= shape[d];
  }
}

void Parameters::addWords(const void *first, int words) {
  auto *next = static_cast<const int64_t *>(first);
  for (int i = 0; i < words; ++i)
    pointers[count++] = const_cast<int64_t *>(next + i);
}

void Parameters::addRole(char role, const ParameterValues &values) {
  switch (role) {
  case RDATTN_KERNEL_ROLE_Q:
    return addWords(values.tensors.q, 11);
  case RDATTN_KERNEL_ROLE_K:
    return addWords(values.tensors.k, 11);
  case RDATTN_KERNEL_ROLE_V:
    return addWords(values.tensors.v, 11);
  case RDATTN_KERNEL_ROLE_O:
    return addWords(values.tensors.o, 11);
  case RDATTN_KERNEL_ROLE_LSE:
    return addWords(values.tensors.lse, 9);
  case RDATTN_KERNEL_ROLE_SCALE:
    return addWords(&values.scale, 1);
  case RDATTN_KERNEL_ROLE_ITEMS:
    return addWords(values.items, 7);
  case RDATTN_KERNEL_ROLE_ROWS:
    return addWords(values.rows, 5);
  case RDATTN_KERNEL_ROLE_PHASES:
    return addWords(values.phases, 5);
  case RDATTN_KERNEL_ROLE_COUNTER:
    return addWords(&values.counter, 5);
  case RDATTN_KERNEL_ROLE_MAPS:
    return addWords(values.maps, 1);
  case RDATTN_KERNEL_ROLE_RING_PARTIAL:
    return addWords(values.tensors.partial, 11);
  case RDATTN_KERNEL_ROLE_RING_MAXIMA:
    return addWords(values.tensors.maxima, 9);
  case RDATTN_KERNEL_ROLE_RING_SUMS:
    return addWords(values.tensors.sums, 9);
  case RDATTN_KERNEL_ROLE_PACKED_K:
    return addWords(values.tensors.packedK, 11);
  case RDATTN_KERNEL_ROLE_PACKED_V:
    return addWords(values.tensors.packedV, 11);
  case RDATTN_KERNEL_ROLE_PARTIALS:
    return addWords(&values.partials, 13);
  default: // the program's check knows no other role
    return addWords(&values.statistics, 13);
  }
}

Parameters::Parameters(const Kernel &kernel, const ParameterValues &values) {
  for (char role : kernel.roles)
    addRole(role, values);
}
