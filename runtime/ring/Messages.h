//===- Messages.h - What the ranks of a step send each other ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of host memory and of a device's: nothing here touches what tensors hold.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_MESSAGES_H
#define RDATTN_RUNTIME_RING_MESSAGES_H

#include "runtime/Memref.h"
#include "runtime/comm/Communicator.h"

#include "lib/Planner/RingSchedule.h"

#include <optional>

namespace rdattn::runtime::ring {

/// Where the rows that the transfers send of a tensor [B, s, G, D] lie in it
/// one after another as packRows would put them: that part of the tensor as
/// [B, rows, 1, D], each batch of it dense. Nothing where they do not, and have
/// to be packed.
std::optional<Memref4>
rowsInPlace(const std::vector<planner::Transfer> &transfers,
            const Memref4 &tensor);

/// The messages of a step with `peer`, the same on both sides: one for each
/// batch of k, then one for each of v. Both are [B, rows, 1, columns] with
/// dense batches, of elements of `bytes` bytes.
std::vector<comm::Transfer> messagesOf(int32_t peer, const Memref4 &k,
                                       const Memref4 &v, int64_t bytes);

/// The same, of `rows` rows that the transfers send of the tensors k and v:
/// they are packed into the memory of the peer. The transfers outlive the
/// messages.
std::vector<comm::Transfer>
messagesOf(int32_t peer, const std::vector<planner::Transfer> &transfers,
           int64_t rows, const Memref4 &k, const Memref4 &v, int64_t bytes);

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_MESSAGES_H
