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

/// The token strides of a table that tensor maps are made for.
struct MapStrides {
  int count = 0;
  int32_t strides[RDATTN_CUDA_MAPS] = {}; ///< that of the most items first
  int32_t limits[RDATTN_CUDA_MAPS] = {};
  bool readAll = false; ///< every item is read by one of the maps
};

/// A map of stride r splits the tokens into r residues of floor(tokens / r)
/// rows: it reads a class without a row list that ends below r times that.
MapStrides findMapStrides(const TableView &tables, int64_t tokens);

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_MAPSTRIDES_H
