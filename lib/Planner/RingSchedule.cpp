//===- RingSchedule.cpp - Which rows move when, and what is computed ------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingSchedule.h"

#include "lib/Planner/RingBuffer.h"
#include "lib/Planner/RingPieces.h"
#include "lib/Planner/RingSteps.h"

#include <algorithm>

namespace rdattn::planner {
namespace {

/// A class of which a receiver needs rows of an owner.
struct Need {
  const RingClass *cls;
  Sight sight;
  RowSequence rows; ///< of the owner's shard, in class order
};

/// What one rank sends another, and where each class finds its rows.
struct Exchange {
  std::vector<Need> needs;
  std::vector<Transfer> transfers;
  std::vector<std::vector<RowSequence>> places; ///< [transfer][need]
};

using ClassList = std::vector<const RingClass *>;

/// With several branches classes of short strides go first, so that the others
/// find their rows in runs; else the pattern's order stays. Both ends of an
/// exchange sort alike.
void sortForSharing(ClassList &classes) {
  std::sort(classes.begin(), classes.end(),
            [](const RingClass *a, const RingClass *b) {
              return std::make_pair(a->group->stride, a) <
                     std::make_pair(b->group->stride, b);
            });
}

/// The key/value heads at which the set of classes that need rows changes.
std::vector<int64_t> headBounds(const std::vector<Need> &needs) {
  std::vector<int64_t> bounds;
  for (const Need &need : needs) {
    bounds.push_back(need.cls->kvHeads.begin);
    bounds.push_back(need.cls->kvHeads.end);
  }
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  return bounds;
}

bool covers(const HeadRange &outer, const HeadRange &inner) {
  return outer.begin <= inner.begin && inner.end <= outer.end;
}

void addTransfer(Exchange &exchange, HeadRange kvHeads, int64_t shardRows) {
  RingBuffer buffer(shardRows);
  std::vector<RowSequence> places(exchange.needs.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const Need &need = exchange.needs[i];
    if (covers(need.cls->kvHeads, kvHeads))
      places[i] = buffer.add(need.rows, need.cls->branch);
  }
  if (buffer.rows().empty())
    return;
  exchange.transfers.push_back({kvHeads, buffer.rows()});
  exchange.places.push_back(std::move(places));
}

Exchange exchangeOf(const RingPattern &pattern, const ClassList &classes,
                    int64_t receiver, int64_t owner) {
  Exchange exchange;
  for (const RingClass *cls : classes) {
    Sight sight = lookAt(pattern, *cls, receiver, owner);
    if (sight.needed.empty())
      continue;
    RowSequence rows = localRows(*cls, sight.keys, sight.needed);
    exchange.needs.push_back({cls, std::move(sight), std::move(rows)});
  }
  std::vector<int64_t> bounds = headBounds(exchange.needs);
  int64_t rows = shardLength(pattern.ring(), pattern.sizes().tokens, owner);
  for (size_t i = 1; i < bounds.size(); ++i)
    addTransfer(exchange, {bounds[i - 1], bounds[i]}, rows);
  return exchange;
}

/// The rows of one rank's schedule, step by step.
class RankPlanner {
public:
  RankPlanner(const RingPattern &pattern, int64_t rank)
      : pattern(pattern), rank(rank), classes(pattern.classesOn(rank)),
        shared(pattern.ring().size) {
    for (const RingClass &cls : classes)
      for (int64_t peer : pattern.peersOf(cls, rank))
        shared[peer].push_back(&cls);
    if (pattern.branches().size() > 1)
      std::for_each(shared.begin(), shared.end(), sortForSharing);
  }

  RingStep stepOf(int64_t distance) const;
  StepLoad loadOf(int64_t distance) const;

private:
  int64_t rankAfter(int64_t distance) const {
    return floorMod(rank + distance, pattern.ring().size);
  }
  void planOwn(RingStep &step) const;
  void planReceived(RingStep &step, Exchange exchange) const;
  void addNeed(RingStep &step, const Exchange &exchange, size_t index) const;
  HeadRange headsIn(const RingClass &cls, const Transfer &transfer) const;
  int64_t rowsMoved(int64_t receiver, int64_t owner,
                    const ClassList &classes) const;
  int64_t pairsOf(const RingClass &cls, Wide pairs) const {
    return saturate(pairs * cls.heads.size() * pattern.sizes().batch);
  }

  const RingPattern &pattern;
  int64_t rank;
  std::vector<RingClass> classes;
  std::vector<ClassList> shared; ///< the classes of each peer
};

int64_t countRows(const std::vector<Transfer> &transfers, int64_t batch) {
  Wide rows = 0;
  for (const Transfer &transfer : transfers)
    rows += Wide(transfer.rows.size()) * transfer.kvHeads.size() * batch;
  return saturate(rows);
}

/// Adds without wrapping.
void addTo(int64_t &sum, int64_t more) { sum = saturate(Wide(sum) + more); }

void addPieces(const RingClass &cls, const std::vector<PieceShape> &shapes,
               HeadRange heads, const RowSequence &places, int32_t transfer,
               std::vector<RingPiece> &pieces) {
  for (const PieceShape &shape : shapes)
    pieces.push_back({cls.branch, heads, shape.queries,
                      places.slice(shape.key, shape.keys), transfer, shape.band,
                      shape.listed});
}

void RankPlanner::planOwn(RingStep &step) const {
  for (const RingClass &cls : classes) {
    Sight sight = lookAt(pattern, cls, rank, rank);
    addPieces(cls, piecesOf(cls, pattern.causal(), true, sight), cls.heads,
              localRows(cls, sight.keys, sight.needed), -1, step.pieces);
    addTo(step.load.pairs, pairsOf(cls, sight.pairs));
  }
}

/// The query heads of a class that use the keys of a transfer.
HeadRange RankPlanner::headsIn(const RingClass &cls,
                               const Transfer &transfer) const {
  int64_t share = pattern.headsPerKvHead();
  return {std::max(cls.heads.begin, transfer.kvHeads.begin * share),
          std::min(cls.heads.end, transfer.kvHeads.end * share)};
}

void RankPlanner::addNeed(RingStep &step, const Exchange &exchange,
                          size_t index) const {
  const Need &need = exchange.needs[index];
  std::vector<PieceShape> shapes =
      piecesOf(*need.cls, pattern.causal(), false, need.sight);
  for (size_t t = 0; t < step.receive.size(); ++t)
    if (const RowSequence &places = exchange.places[t][index]; !places.empty())
      addPieces(*need.cls, shapes, headsIn(*need.cls, step.receive[t]), places,
                static_cast<int32_t>(t), step.pieces);
  addTo(step.load.pairs, pairsOf(*need.cls, need.sight.pairs));
}

void RankPlanner::planReceived(RingStep &step, Exchange exchange) const {
  step.receive = std::move(exchange.transfers);
  for (size_t branch = 0; branch < pattern.branches().size(); ++branch)
    for (size_t i = 0; i < exchange.needs.size(); ++i)
      if (exchange.needs[i].cls->branch == static_cast<int32_t>(branch))
        addNeed(step, exchange, i);
}

RingStep RankPlanner::stepOf(int64_t distance) const {
  RingStep step;
  step.distance = step.load.distance = distance;
  step.source = rankAfter(-distance);
  step.target = rankAfter(distance);
  if (distance == 0) {
    planOwn(step);
    return step;
  }
  planReceived(step,
               exchangeOf(pattern, shared[step.source], rank, step.source));
  step.send =
      exchangeOf(pattern, shared[step.target], step.target, rank).transfers;
  int64_t batch = pattern.sizes().batch;
  step.load.receivedRows = countRows(step.receive, batch);
  step.load.sentRows = countRows(step.send, batch);
  return step;
}

/// Rows that several branches need count once; those of one are apart.
int64_t RankPlanner::rowsMoved(int64_t receiver, int64_t owner,
                               const ClassList &needed) const {
  int64_t batch = pattern.sizes().batch;
  if (pattern.branches().size() > 1)
    return countRows(exchangeOf(pattern, needed, receiver, owner).transfers,
                     batch);
  Wide rows = 0;
  for (const RingClass *cls : needed)
    rows += Wide(tallyOf(pattern, *cls, receiver, owner).needed) *
            cls->kvHeads.size() * batch;
  return saturate(rows);
}

StepLoad RankPlanner::loadOf(int64_t distance) const {
  StepLoad load;
  load.distance = distance;
  if (distance == 0) {
    for (const RingClass &cls : classes)
      addTo(load.pairs, pairsOf(cls, tallyOf(pattern, cls, rank, rank).pairs));
    return load;
  }
  int64_t source = rankAfter(-distance), target = rankAfter(distance);
  for (const RingClass *cls : shared[source])
    addTo(load.pairs,
          pairsOf(*cls, tallyOf(pattern, *cls, rank, source).pairs));
  load.receivedRows = rowsMoved(rank, source, shared[source]);
  load.sentRows = rowsMoved(target, rank, shared[target]);
  return load;
}

} // namespace

RingPlanner::RingPlanner(const std::vector<BranchClasses> &branches,
                         const Sizes &sizes, bool causal, const Ring &ring)
    : pattern(std::make_unique<RingPattern>(branches, sizes, causal, ring)),
      live(liveDistances(*pattern)) {}

RingPlanner::~RingPlanner() = default;

const std::vector<int64_t> &RingPlanner::distances() const { return live; }

RingSchedule RingPlanner::plan(int64_t rank) const {
  RankPlanner planner(*pattern, rank);
  RingSchedule schedule;
  for (int64_t distance : live)
    schedule.steps.push_back(planner.stepOf(distance));
  return schedule;
}

std::vector<StepLoad> RingPlanner::load(int64_t rank) const {
  RankPlanner planner(*pattern, rank);
  std::vector<StepLoad> loads;
  for (int64_t distance : live)
    loads.push_back(planner.loadOf(distance));
  return loads;
}

RingSchedule planRing(const std::vector<BranchClasses> &branches,
                      const Sizes &sizes, bool causal, const Ring &ring,
                      int64_t rank) {
  return RingPlanner(branches, sizes, causal, ring).plan(rank);
}

double bytesOf(int64_t rows, int64_t headDim, int64_t valueDim,
               int64_t elementBytes) {
  return double(rows) * (double(headDim) + double(valueDim)) *
         double(elementBytes);
}

} // namespace rdattn::planner
