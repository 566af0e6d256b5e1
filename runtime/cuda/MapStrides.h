//===- MapStrides.h - Which classes tensor maps can read --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_MAPSTRIDES_H
#define RDATTN_RUNTIME_CUDA_MAPSTRIDES_H

#include "runtime/cuda/TableView.h"

namespace rdattn::runtime::cuda {

/// The strides of rows that a tensor's maps are made for.
struct StrideList {
  int count = 0;
  int32_t strides[RDATTN_CUDA_MAPS] = {}; ///< that of the most items first
  int32_t limits[RDATTN_CUDA_MAPS] = {};
};

/// The strides of q, and those of k and v.
struct MapStrides {
  StrideList queries, keys;
  bool readAll = false; ///< every item is read by maps, and is masked by a band
};

/// A map of stride r splits the tokens into r residues of floor(tokens / r)
/// rows: it reads rows without a list that end below r times that. `tokens`
/// and `keyTokens` are the rows of q, and those of k and v.
MapStrides findMapStrides(const TableView &tables, const ItemRange &range,
                          int64_t tokens, int64_t keyTokens);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_MAPSTRIDES_H
