//===- RDTileOps.td - The operations of the rdtile dialect -*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_OPS
#define RDTILE_OPS

include "dialect/RDTileBarrierOps.td"
include "dialect/RDTileCopyOps.td"
include "dialect/RDTileFragmentOps.td"
include "dialect/RDTileKernelOps.td"

#endif // RDTILE_OPS
