//===- RingPieces.cpp - The pieces that one class computes ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingPieces.h"

#include "lib/Planner/RingCounts.h"

#include <algorithm>
#include <cstdlib>

namespace rdattn::planner {

bool ListedMask::sees(int64_t query, int64_t key) const {
  if (window &&
      std::abs(int64_t(queryPositions[query]) - keyPositions[key]) >= *window)
    return false;
  return !causal || keyTokens[key] <= queryTokens[query];
}

namespace {

/// Where the ordinal `wanted` is in `ordinals`. \pre it is there.
int64_t indexIn(const RowSequence &ordinals, int64_t wanted) {
  int64_t index = 0;
  for (const Progression &part : ordinals.progressions()) {
    int64_t ahead = wanted - part.first;
    if (ahead >= 0 && wanted <= part.last() && ahead % part.stride == 0)
      return index + ahead / part.stride;
    index += part.count;
  }
  return index;
}

/// Full reaches of the same queries over consecutive keys are one.
bool joinKeys(Reach &reach, const Reach &next) {
  if (!reach.band.isFull() || !next.band.isFull() ||
      reach.query != next.query || reach.queries != next.queries ||
      next.key != reach.key + reach.keys)
    return false;
  reach.keys += next.keys;
  return true;
}

/// Full reaches of consecutive queries over the same keys are one.
bool joinQueries(Reach &reach, const Reach &next) {
  if (!reach.band.isFull() || !next.band.isFull() || reach.key != next.key ||
      reach.keys != next.keys || next.query != reach.query + reach.queries)
    return false;
  reach.queries += next.queries;
  return true;
}

template <typename Join>
std::vector<Reach> joined(const std::vector<Reach> &reaches, Join join) {
  std::vector<Reach> result;
  for (const Reach &reach : reaches)
    if (result.empty() || !join(result.back(), reach))
      result.push_back(reach);
  return result;
}

bool shareAQuery(const std::vector<Reach> &reaches) {
  for (size_t i = 0; i < reaches.size(); ++i)
    for (size_t k = i + 1; k < reaches.size(); ++k)
      if (reaches[i].query < reaches[k].query + reaches[k].queries &&
          reaches[k].query < reaches[i].query + reaches[i].queries)
        return true;
  return false;
}

/// The reaches with their keys counted among those needed.
std::vector<Reach> reachesOfNeeded(const Sight &sight) {
  std::vector<Reach> reaches;
  for (Reach reach : sight.reaches) {
    reach.key = indexIn(sight.needed, reach.key);
    reaches.push_back(reach);
  }
  return joined(joined(reaches, joinKeys), joinQueries);
}

std::vector<int32_t> tokensOf(const RingClass &cls,
                              const std::vector<int32_t> &rows) {
  std::vector<int32_t> tokens;
  tokens.reserve(rows.size());
  for (int32_t row : rows)
    tokens.push_back(static_cast<int32_t>(cls.token(row)));
  return tokens;
}

RowSequence sequenceOf(const std::vector<int32_t> &rows) {
  RowSequence sequence;
  for (int32_t row : rows)
    sequence.append(row);
  return sequence;
}

/// The mask of rows of a class, all of which see or are seen.
void setMask(const RingClass &cls, bool causal,
             const std::vector<int32_t> &queries,
             const std::vector<int32_t> &keys, PieceShape &shape) {
  ListedMask mask;
  mask.window = cls.group->window;
  if (causal) {
    mask.queryTokens = tokensOf(cls, queries);
    mask.keyTokens = tokensOf(cls, keys);
    mask.causal =
        *std::max_element(mask.keyTokens.begin(), mask.keyTokens.end()) >
        *std::min_element(mask.queryTokens.begin(), mask.queryTokens.end());
  }
  if (!mask.causal) {
    if (std::max(queries.back() - keys.front(), keys.back() - queries.front()) <
        mask.window.value_or(kMaxInt64))
      return; // every query sees every key
    std::optional<Progression> asking = sequenceOf(queries).affine();
    std::optional<Progression> asked = sequenceOf(keys).affine();
    if (asking && asked && asking->stride == asked->stride) {
      shape.band = reachOf(cls, false, *asking, *asked).band;
      return;
    }
    mask.queryTokens.clear();
    mask.keyTokens.clear();
  }
  if (mask.window) {
    mask.queryPositions = queries;
    mask.keyPositions = keys;
  }
  shape.listed = std::make_shared<const ListedMask>(std::move(mask));
}

/// One piece for all queries of the class that see a key.
std::vector<PieceShape> listedPiece(const RingClass &cls, bool causal,
                                    const Members &queries, const Members &keys,
                                    const RowSequence &needed) {
  std::vector<int32_t> rows = queries.rows(), all = keys.rows(), asking, asked;
  for (int32_t ordinal : needed.list())
    asked.push_back(all[ordinal]);
  std::vector<int64_t> seen = countSeen(cls, causal, rows, asked);
  RowSequence ordinals;
  for (size_t i = 0; i < seen.size(); ++i)
    if (seen[i] > 0) {
      asking.push_back(rows[i]);
      ordinals.append(static_cast<int64_t>(i));
    }
  if (asking.empty())
    return {};
  PieceShape shape;
  shape.queries = localRows(cls, queries, ordinals);
  shape.keys = needed.size();
  setMask(cls, causal, asking, asked, shape);
  return {shape};
}

/// All rows of a sorted class without a window, against themselves.
PieceShape ownPiece(const RingClass &cls, bool causal, const Members &members) {
  PieceShape shape;
  shape.keys = members.size();
  shape.queries = localRows(cls, members, Progression{0, shape.keys, 1});
  if (causal && shape.keys > 1)
    shape.band.high = 0;
  return shape;
}

} // namespace

std::vector<PieceShape> piecesOf(const RingClass &cls, bool causal, bool own,
                                 const Members &queries, const Members &keys,
                                 const Sight &sight) {
  if (own && !cls.group->window)
    return {ownPiece(cls, causal, queries)};
  std::vector<Reach> reaches = reachesOfNeeded(sight);
  if (cls.byRank || shareAQuery(reaches))
    return listedPiece(cls, causal, queries, keys, sight.needed);
  std::vector<PieceShape> shapes;
  shapes.reserve(reaches.size());
  for (const Reach &reach : reaches)
    shapes.push_back(
        {localRows(cls, queries, Progression{reach.query, reach.queries, 1}),
         reach.key, reach.keys, reach.band, nullptr});
  return shapes;
}

} // namespace rdattn::planner
