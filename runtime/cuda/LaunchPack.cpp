//===- LaunchPack.cpp - What a ring sends is packed -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"
#include "runtime/cuda/Launch.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// The most special kernel that serves the tensors. Rows that are vectors are
/// so where they are packed, too: that memory begins on a line of the cache.
MaybeFailure Launch::findPack(const Tensors &tensors, const Kernel *&kernel) {
  if (!program->has(RDATTN_KERNEL_PACK_ELEMENTS))
    return badModule("the module packs what a ring sends with kernels that "
                     "were compiled for something else");
  const LaunchKey key(tensors, *program, {});
  const bool inVectors = program->has(RDATTN_KERNEL_PACK_VECTORS) &&
                         key.isAligned(LaunchKey::K) &&
                         key.isAligned(LaunchKey::V);
  return program->findKernel(inVectors ? RDATTN_KERNEL_PACK_VECTORS
                                       : RDATTN_KERNEL_PACK_ELEMENTS,
                             kernel);
}

MaybeFailure Launch::pack(const Call &call, const LaunchRequest &request,
                          DevicePlans &copies) {
  if (MaybeFailure failure = begin(call, request))
    return failure;
  const Kernel *kernel = nullptr;
  if (MaybeFailure failure = findPack(request.tensors, kernel))
    return failure;
  if (MaybeFailure failure = copies.find(device, request.tables, plan))
    return failure;
  ParameterValues values;
  values.tensors = request.tensors;
  values.items = &plan->items;
  // A warp takes one item of k or of v at a time.
  constexpr int64_t kWarp = 32;
  const int64_t warps = kernel->threads / kWarp;
  const int64_t units =
      2 * request.tensors.k->sizes[0] * request.tables.itemCount();
  return enqueueKernel(
      *kernel, blocksOf(*kernel, (units + warps - 1) / warps, 0), values);
}
