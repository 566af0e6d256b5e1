//===- Balance.h - How evenly blocks share the work -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_BALANCE_H
#define RDATTN_TOOLS_RUN_BALANCE_H

#include "tools/rdattn-run/Check.h"
#include "tools/rdattn-run/Cost.h"

namespace rdattn::run {

/// How a launch cuts the attention: tiles of so many rows, by so many blocks.
struct Tiling {
  int64_t queries, keys, blocks;
};

/// How a work table spreads over blocks that take its items one by one.
struct Balance {
  int64_t items = 0;
  double keyTiles = 0; ///< of all items
  double longest = 0;  ///< key tiles of the block that is done last
  double share = 0;    ///< what the mean block has of that: 1 is perfect
};

/// Plans the attention in the order of the default schedules.
llvm::Expected<Balance> balanceOf(const Attention &attention,
                                  const Sizes &sizes, const Tiling &tiling);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_BALANCE_H
