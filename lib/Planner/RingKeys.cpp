//===- RingKeys.cpp - The keys of a tile of queries -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingKeys.h"

#include <algorithm>

namespace rdattn::planner {

/// Positions ascend, and so do the tokens where there is no window.
static KeyRange keysInReach(const ListedMask &mask, KeyRange keys, int64_t row,
                            int64_t end) {
  auto place = [](auto found, const std::vector<int32_t> &list) {
    return static_cast<int64_t>(found - list.begin());
  };
  int32_t latest = kMaxInt32;
  if (mask.causal)
    latest = *std::max_element(mask.queryTokens.begin() + row,
                               mask.queryTokens.begin() + end);
  if (!mask.window) {
    const std::vector<int32_t> &tokens = mask.keyTokens;
    keys.end =
        place(std::upper_bound(tokens.begin(), tokens.end(), latest), tokens);
    return keys;
  }
  const std::vector<int32_t> &list = mask.keyPositions;
  const int64_t window = std::min(*mask.window, kMaxInt32);
  const int64_t least = mask.queryPositions[row] - window;
  const int64_t most = mask.queryPositions[end - 1] + window;
  keys.begin = place(std::upper_bound(list.begin(), list.end(), least), list);
  keys.end = place(std::lower_bound(list.begin(), list.end(), most), list);
  while (mask.causal && mask.keyTokens[keys.begin] > latest)
    ++keys.begin;
  while (mask.causal && mask.keyTokens[keys.end - 1] > latest)
    --keys.end;
  return keys;
}

KeyRange keysSeen(const RingPiece &piece, int64_t row, int64_t end) {
  KeyRange keys{0, piece.keys.size()};
  if (piece.listed)
    return keysInReach(*piece.listed, keys, row, end);
  if (piece.band.low != Band::kNoLow)
    keys.begin = std::max(keys.begin, row + piece.band.low);
  if (piece.band.high != Band::kNoHigh)
    keys.end = std::min(keys.end, end + piece.band.high);
  return keys;
}

} // namespace rdattn::planner
