//===- RingPacking.h - The rows that a step sends, as a table ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a step of a ring sends, as a table that a kernel walks to pack it.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGPACKING_H
#define RDATTN_PLANNER_RINGPACKING_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// Some tokens of a transfer, each with all of its heads: a row of the table,
/// whose columns are these members in this order. For i < tokens and h < heads
///   row first + i * stride of key/value head `head` + h
/// of the shard is packed, in each batch, to
///   row place + i * heads + h.
struct PackItem {
  int32_t first;
  int32_t stride;
  int32_t tokens;
  int32_t head;
  int32_t heads;
  int32_t place;
};
inline constexpr int kPackItemColumns = 6;
static_assert(sizeof(PackItem) == kPackItemColumns * sizeof(int32_t));

/// Rows of an item: few, so that few megabytes keep all of a GPU busy. One
/// token has more where more heads move.
inline constexpr int64_t kPackItemRows = 16;

/// The table of what the transfers send, in the order in which rowsOf (of
/// RingItems.h) counts it. \pre they send fewer than 2^31 rows.
std::vector<PackItem> makePackTable(const std::vector<Transfer> &sends);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGPACKING_H
