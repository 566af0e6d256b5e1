//===- RingRank.cpp - The steps of one rank of a ring ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingRank.h"

#include "lib/Planner/RingPieces.h"

#include <algorithm>
#include <numeric>

namespace rdattn::planner {

/// With several branches classes of short strides go first, so that the others
/// find their rows in runs; else the pattern's order stays.
RingRank::RingRank(const RingPattern &pattern, int64_t rank)
    : pattern(pattern), rank(rank), classes(pattern.classesOn(rank)),
      shared(pattern.ring().size) {
  int32_t index = 0;
  for (const RingClass &cls : classes) {
    own.push_back(pattern.membersOf(cls, rank));
    for (int64_t peer : pattern.peersOf(cls, own.back(), rank))
      shared[peer].push_back(index);
    ++index;
  }
  if (pattern.branches().size() == 1)
    return;
  auto key = [&](int32_t i) {
    return std::make_pair(classes[i].group->stride, i);
  };
  for (std::vector<int32_t> &list : shared)
    std::sort(list.begin(), list.end(),
              [&](int32_t a, int32_t b) { return key(a) < key(b); });
}

std::vector<Need> RingRank::needsOf(int64_t receiver, int64_t owner) const {
  std::vector<Need> needs;
  for (int32_t index : shared[receiver == rank ? owner : receiver]) {
    const RingClass &cls = classes[index];
    Need need{
        &cls, membersOf(index, receiver), membersOf(index, owner), {}, {}};
    need.sight = lookAt(cls, pattern.causal(), need.queries, need.keys);
    if (need.sight.needed.empty())
      continue;
    need.rows = localRows(cls, need.keys, need.sight.needed);
    needs.push_back(std::move(need));
  }
  return needs;
}

Tally RingRank::tally(int32_t index, int64_t receiver, int64_t owner) const {
  return tallyOf(classes[index], pattern.causal(), membersOf(index, receiver),
                 membersOf(index, owner));
}

int64_t RingRank::shardRows(int64_t of) const {
  return shardLength(pattern.ring(), pattern.sizes().tokens, of);
}

int64_t RingRank::pairsOf(const RingClass &cls, Wide pairs) const {
  return saturate(pairs * cls.heads.size() * pattern.sizes().batch);
}

static int64_t countRows(const std::vector<Transfer> &transfers,
                         int64_t batch) {
  Wide rows = 0;
  for (const Transfer &transfer : transfers)
    rows += Wide(transfer.rows.size()) * transfer.kvHeads.size() * batch;
  return saturate(rows);
}

/// Adds without wrapping.
static void addTo(int64_t &sum, int64_t more) {
  sum = saturate(Wide(sum) + more);
}

static void addPieces(const RingClass &cls,
                      const std::vector<PieceShape> &shapes, HeadRange heads,
                      const RowSequence &places, int32_t transfer,
                      std::vector<RingPiece> &pieces) {
  for (const PieceShape &shape : shapes)
    pieces.push_back({cls.branch, heads, shape.queries,
                      places.slice(shape.key, shape.keys), transfer, shape.band,
                      shape.listed});
}

void RingRank::planOwn(RingStep &step) const {
  for (size_t i = 0; i < classes.size(); ++i) {
    const RingClass &cls = classes[i];
    Sight sight = lookAt(cls, pattern.causal(), own[i], own[i]);
    addPieces(cls, piecesOf(cls, pattern.causal(), true, own[i], own[i], sight),
              cls.heads, localRows(cls, own[i], sight.needed), -1, step.pieces);
    addTo(step.load.pairs, pairsOf(cls, sight.pairs));
  }
}

/// The query heads of a class that use the keys of a transfer.
HeadRange RingRank::headsIn(const RingClass &cls,
                            const Transfer &transfer) const {
  int64_t share = pattern.headsPerKvHead();
  return {std::max(cls.heads.begin, transfer.kvHeads.begin * share),
          std::min(cls.heads.end, transfer.kvHeads.end * share)};
}

/// The needs branch by branch.
static std::vector<size_t> byBranch(const std::vector<Need> &needs) {
  std::vector<size_t> order(needs.size());
  std::iota(order.begin(), order.end(), 0);
  auto key = [&](size_t i) { return std::make_pair(needs[i].cls->branch, i); };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return key(a) < key(b); });
  return order;
}

void RingRank::planReceived(RingStep &step) const {
  std::vector<Need> needs = needsOf(rank, step.source);
  Exchange exchange = exchangeOf(needs, shardRows(step.source));
  step.receive = std::move(exchange.transfers);
  for (size_t i : byBranch(needs)) {
    const Need &need = needs[i];
    std::vector<PieceShape> shapes =
        piecesOf(*need.cls, pattern.causal(), false, need.queries, need.keys,
                 need.sight);
    for (size_t t = 0; t < step.receive.size(); ++t)
      if (const RowSequence &places = exchange.places[t][i]; !places.empty())
        addPieces(*need.cls, shapes, headsIn(*need.cls, step.receive[t]),
                  places, static_cast<int32_t>(t), step.pieces);
    addTo(step.load.pairs, pairsOf(*need.cls, need.sight.pairs));
  }
}

RingStep RingRank::stepOf(int64_t distance) const {
  RingStep step;
  step.distance = step.load.distance = distance;
  step.source = rankAfter(-distance);
  step.target = rankAfter(distance);
  if (distance == 0) {
    planOwn(step);
    return step;
  }
  planReceived(step);
  step.send = exchangeOf(needsOf(step.target, rank), shardRows(rank)).transfers;
  step.load.receivedRows = countRows(step.receive, pattern.sizes().batch);
  step.load.sentRows = countRows(step.send, pattern.sizes().batch);
  return step;
}

/// Rows that several branches need count once; those of one are apart.
int64_t RingRank::rowsMoved(int64_t receiver, int64_t owner) const {
  int64_t batch = pattern.sizes().batch;
  if (pattern.branches().size() > 1)
    return countRows(
        exchangeOf(needsOf(receiver, owner), shardRows(owner)).transfers,
        batch);
  Wide rows = 0;
  for (int32_t index : shared[receiver == rank ? owner : receiver])
    rows += Wide(tally(index, receiver, owner).needed) *
            classes[index].kvHeads.size() * batch;
  return saturate(rows);
}

StepLoad RingRank::loadOf(int64_t distance) const {
  StepLoad load;
  load.distance = distance;
  int64_t source = rankAfter(-distance), target = rankAfter(distance);
  if (distance == 0) {
    for (size_t i = 0; i < classes.size(); ++i)
      addTo(load.pairs, pairsOf(classes[i], tally(i, rank, rank).pairs));
    return load;
  }
  for (int32_t index : shared[source])
    addTo(load.pairs,
          pairsOf(classes[index], tally(index, rank, source).pairs));
  load.receivedRows = rowsMoved(rank, source);
  load.sentRows = rowsMoved(target, rank);
  return load;
}

} // namespace rdattn::planner
