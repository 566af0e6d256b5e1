//===- Agreement.h - Ranks compare what they are about to do ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_AGREEMENT_H
#define RDATTN_RUNTIME_RING_AGREEMENT_H

#include "runtime/comm/Communicator.h"
#include "runtime/ring/Statement.h"

namespace rdattn::runtime::ring {

/// Where the ranks' statements differ, or one refuses, every rank gets a
/// failure that names another rank and what differs; the ring can still be
/// used.
MaybeFailure agree(comm::Communicator &communicator, const Statement &mine);

/// Comes to the others' agree() to say why this rank does not run, so that they
/// need not wait for it. Returns when they know, or when the ring fails.
void refuse(comm::Communicator &communicator, const std::string &why);

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_AGREEMENT_H
