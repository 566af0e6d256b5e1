//===- RingExchange.h - What one rank sends another -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGEXCHANGE_H
#define RDATTN_PLANNER_RINGEXCHANGE_H

#include "lib/Planner/RingReach.h"
#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// A class of which a receiver needs rows of an owner.
struct Need {
  const RingClass *cls;
  Members queries, keys;
  Sight sight;
  RowSequence rows; ///< of the owner's shard, in class order
};

/// What one rank sends another, and where each class finds its rows.
struct Exchange {
  std::vector<Transfer> transfers;
  std::vector<std::vector<RowSequence>> places; ///< [transfer][need]
};

/// One transfer for all heads between two at which the classes that need rows
/// change. Both ends of an exchange must list the needs in the same order.
Exchange exchangeOf(const std::vector<Need> &needs, int64_t shardRows);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGEXCHANGE_H
