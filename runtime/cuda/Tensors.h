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
#include "runtime/cuda/Program.h"
#include "runtime/cuda/TableView.h"

namespace rdattn::runtime::cuda {

/// The tensors of a launch; NULL where it has none. After lse come a ring's
/// partial results, and where rows of k and v are packed.
struct Tensors {
  const Memref4 *q = nullptr, *k = nullptr, *v = nullptr, *o = nullptr;
  const Memref3 *lse = nullptr;
  const Memref4 *partial = nullptr;
  const Memref3 *maxima = nullptr, *sums = nullptr;
  const Memref4 *packedK = nullptr, *packedV = nullptr;
};

/// What of the tensors and the kernels decides how a launch runs, as words
/// without padding, so that two launches can be compared.
struct LaunchKey {
  LaunchKey(const Tensors &tensors, const Program &program,
            const ItemRange &items);

  bool operator==(const LaunchKey &other) const;
  /// What mostly tells apart the launches of one plan.
  uint64_t hashAddresses() const;

  /// True where the tensor's rows all start on 16 bytes.
  bool isAligned(int tensor) const;
  /// True where tensor maps can describe the tensor.
  bool isMappable(int tensor) const;

  enum : int { Q, K, V, O, Lse, Partial, Maxima, Sums, Count };
  struct Tensor {
    int64_t address; ///< of the first element; 0 where there is no tensor
    int64_t sizes[4], strides[4]; ///< of those after o nothing but the address
  };
  Tensor tensors[Count];
  int64_t dtype;
  int64_t queries, keys; ///< rows of a tile
  int64_t kernels;       ///< bit k: there is a kernel of kind k
  int64_t mappers;       ///< bit k: it takes tensor maps
  ItemRange items;       ///< that it computes
};

/// A tensor must be in memory of the device; one sentence where it is not.
MaybeFailure checkMemory(const Device &device, const char *name,
                         Address address);

/// All must be in memory of the device; one sentence about the first that is
/// not.
MaybeFailure checkMemory(const Device &device, const LaunchKey &key);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_TENSORS_H
