//===- RingKeys.h - The keys of a tile of queries ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGKEYS_H
#define RDATTN_PLANNER_RINGKEYS_H

#include "lib/Planner/RingSchedule.h"

namespace rdattn::planner {

/// Keys [begin, end) of a piece.
struct KeyRange {
  int64_t begin, end;
};

/// The keys that queries [row, end) of a piece may see: of a band those that
/// one of them sees, of a list those in reach of the window and of the latest
/// token.
KeyRange keysSeen(const RingPiece &piece, int64_t row, int64_t end);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGKEYS_H
