//===- Band.cpp - A mask between two diagonals ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/Band.h"

namespace rdattn::planner {

/// The pairs with key - query <= high.
static Wide countBelow(Wide high, Wide queries, Wide keys) {
  auto triangle = [](Wide n) { return n > 0 ? n * (n + 1) / 2 : Wide(0); };
  return triangle(queries + high) - triangle(high) -
         triangle(queries + high - keys) + triangle(high - keys);
}

Wide countPairs(const Band &band, int64_t queries, int64_t keys) {
  Wide pairs = Wide(queries) * keys;
  if (band.high != Band::kNoHigh)
    pairs = countBelow(band.high, queries, keys);
  if (band.low != Band::kNoLow)
    pairs -= countBelow(Wide(band.low) - 1, queries, keys);
  return pairs;
}

} // namespace rdattn::planner
