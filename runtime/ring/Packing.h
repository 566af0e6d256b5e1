//===- Packing.h - Rows that are sent, one after another --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_PACKING_H
#define RDATTN_RUNTIME_RING_PACKING_H

#include "runtime/Memref.h"

#include "lib/Planner/RingSchedule.h"

namespace rdattn::runtime::ring {

/// Copies what the transfers send of a tensor [B, s, G, D] to `to`, dense: for
/// each batch the transfers one after another, and token by token inside one,
/// each with its heads. The last dimension has stride 1; elements have `bytes`
/// bytes each.
void packRows(const std::vector<planner::Transfer> &transfers,
              const Memref4 &tensor, int64_t bytes, char *to);

/// The same of one batch; returns the end of what was written.
char *packBatch(const std::vector<planner::Transfer> &transfers,
                const Memref4 &tensor, int64_t bytes, int64_t batch, char *to);

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_PACKING_H
