//===- Tensors.h - The tensors of a launch ----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_TENSORS_H
#define RDATTN_RUNTIME_CUDA_TENSORS_H

#include "runtime/Error.h"
#include "runtime/Memref.h"
#include "runtime/cuda/Device.h"

namespace rdattn::runtime::cuda {

/// A memref descriptor of rank 3: nine words.
struct Memref3 {
  void *allocated, *aligned;
  int64_t offset, sizes[3], strides[3];
};

/// The tensors of a launch; lse may be NULL.
struct Tensors {
  const Memref4 *q, *k, *v, *o;
  const Memref3 *lse;
};

/// What of the tensors and the kernels decides how a launch runs, as words
/// without padding, so that two launches can be compared.
struct LaunchKey {
  LaunchKey(const Tensors &tensors, int64_t dtype, int64_t queries,
            int64_t keys, int64_t kernels, int64_t mappers);

  bool operator==(const LaunchKey &other) const;
  /// What mostly tells apart the launches of one plan.
  uint64_t hashAddresses() const;

  /// True where the tensor's rows all start on 16 bytes.
  bool isAligned(int tensor) const;
  /// True where tensor maps can describe the tensor.
  bool isMappable(int tensor) const;

  /// Tensors 0 to 3 are q, k, v and o; 4 is lse.
  enum : int { Q, K, V, O, Lse, Count };
  struct Tensor {
    int64_t address; ///< of the first element; 0 where there is no tensor
    int64_t sizes[4], strides[4]; ///< of lse nothing but the address
  };
  Tensor tensors[Count];
  int64_t dtype;
  int64_t queries, keys; ///< rows of a tile
  int64_t kernels;       ///< bit k: there is a kernel of kind k
  int64_t mappers;       ///< bit k: it takes tensor maps
};

/// All must be in memory of the device; one sentence about the first that is
/// not.
MaybeFailure checkMemory(const Device &device, const LaunchKey &key);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_TENSORS_H
