//===- RingItems.cpp - The work tables of a ring's steps ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingItems.h"

#include "lib/Planner/LongestFirst.h"
#include "lib/Planner/RingKeys.h"
#include "lib/Planner/RingTableSize.h"
#include "lib/Planner/RingVisits.h"

#include <algorithm>
#include <map>

namespace rdattn::planner {
namespace {

int32_t narrow(int64_t value) { return static_cast<int32_t>(value); }

/// Rows as an item states them.
struct Rows {
  int64_t first = 0, stride = 1;
  int64_t list = -1;

  /// The rows from the one at `index` on.
  Rows from(int64_t index) const {
    if (list < 0)
      return {first + index * stride, stride, -1};
    return {first, stride, list + index};
  }
};

/// Of the tiles of a rank's pieces.
struct Visits {
  VisitedTiles first, last;
};

class TableBuilder {
public:
  /// Of step `number` of `steps`.
  TableBuilder(const std::vector<RingStep> &steps, size_t number,
               const Sizes &sizes, const PlanOptions &options,
               const Visits &visits, RingTables &tables);

  void addBranch(int32_t branch);

private:
  void addPiece(const RingPiece &piece);
  void addHead(const RingPiece &piece, const RingItem &item, const Rows &keys);
  RingItem itemOf(const RingPiece &piece);
  Rows rowsOf(const RowSequence &sequence, int64_t apart = 1);
  int64_t headsApart(const RingPiece &piece) const;
  Rows keysOf(const RingPiece &piece, const Rows &places, int64_t head) const;
  void setMask(const ListedMask &mask, RingItem &item);
  void setKeys(const RingPiece &piece, const Rows &keys, RingItem &item) const;
  int32_t store(const std::vector<int32_t> &list);
  int64_t headsPerKvHead() const { return sizes.heads / sizes.kvHeads; }

  const RingStep &step;
  const size_t number;
  const Sizes &sizes;
  const PlanOptions &options;
  const Visits &visits;
  RingTables &tables;
  std::vector<int64_t> bases; ///< first row in the buffer, of each transfer
  /// Pieces of one class share their mask: its place in the lists.
  std::map<const ListedMask *, RingItem> masks;
};

TableBuilder::TableBuilder(const std::vector<RingStep> &steps, size_t number,
                           const Sizes &sizes, const PlanOptions &options,
                           const Visits &visits, RingTables &tables)
    : step(steps[number]), number(number), sizes(sizes), options(options),
      visits(visits), tables(tables) {
  int64_t base = 0;
  for (const Transfer &transfer : step.receive) {
    bases.push_back(base);
    base += transfer.kvHeads.size() * transfer.rows.size();
  }
}

int32_t TableBuilder::store(const std::vector<int32_t> &list) {
  if (list.empty())
    return -1;
  const int32_t offset = narrow(tables.lists.size());
  tables.lists.insert(tables.lists.end(), list.begin(), list.end());
  return offset;
}

/// Rows of a tensor in which they lie `apart` rows from each other.
Rows TableBuilder::rowsOf(const RowSequence &sequence, int64_t apart) {
  if (std::optional<Progression> rows = sequence.affine())
    // One row takes no step.
    return {rows->first * apart, rows->count > 1 ? rows->stride * apart : 1,
            -1};
  std::vector<int32_t> list = sequence.list();
  for (int32_t &row : list)
    row = narrow(row * apart);
  return {0, 1, store(list)};
}

/// How far apart a head's rows are where the piece's keys lie.
int64_t TableBuilder::headsApart(const RingPiece &piece) const {
  return piece.transfer < 0 ? 1 : step.receive[piece.transfer].kvHeads.size();
}

/// Where the keys of a query head's key/value head are.
Rows TableBuilder::keysOf(const RingPiece &piece, const Rows &places,
                          int64_t head) const {
  if (piece.transfer < 0)
    return places;
  const Transfer &transfer = step.receive[piece.transfer];
  const int64_t index = head / headsPerKvHead() - transfer.kvHeads.begin;
  return {bases[piece.transfer] + index + places.first, places.stride,
          places.list};
}

void TableBuilder::setMask(const ListedMask &mask, RingItem &item) {
  tables.listed = true;
  auto found = masks.find(&mask);
  if (found == masks.end()) {
    RingItem places{};
    places.window = narrow(std::min(mask.window.value_or(0), kMaxInt32));
    places.queryPositions = store(mask.queryPositions);
    places.keyPositions = store(mask.keyPositions);
    places.queryTokens = store(mask.queryTokens);
    places.keyTokens = store(mask.keyTokens);
    found = masks.emplace(&mask, places).first;
  }
  item.window = found->second.window;
  item.queryPositions = found->second.queryPositions;
  item.keyPositions = found->second.keyPositions;
  item.queryTokens = found->second.queryTokens;
  item.keyTokens = found->second.keyTokens;
}

/// The item of a piece without its batch, head, row and keys.
RingItem TableBuilder::itemOf(const RingPiece &piece) {
  RingItem item{};
  const Rows queries = rowsOf(piece.queries);
  item.rows = narrow(piece.queries.size());
  item.first = narrow(queries.first);
  item.stride = narrow(queries.stride);
  item.list = narrow(queries.list);
  item.queryPositions = item.keyPositions = -1;
  item.queryTokens = item.keyTokens = -1;
  if (piece.listed)
    setMask(*piece.listed, item);
  return item;
}

/// Sets the keys of the item's queries, and the mask to count from them.
void TableBuilder::setKeys(const RingPiece &piece, const Rows &keys,
                           RingItem &item) const {
  const int64_t end = std::min<int64_t>(item.row + options.queries, item.rows);
  const KeyRange seen = keysSeen(piece, item.row, end);
  const Rows rows = keys.from(seen.begin);
  item.keys = narrow(seen.end - seen.begin);
  item.keyFirst = narrow(rows.first);
  item.keyStride = narrow(rows.stride);
  item.keyList = narrow(rows.list);
  item.low = -item.rows;
  item.high = item.keys;
  if (piece.band.low != Band::kNoLow)
    item.low = narrow(std::max<int64_t>(item.low, piece.band.low - seen.begin));
  if (piece.band.high != Band::kNoHigh)
    item.high =
        narrow(std::min<int64_t>(item.high, piece.band.high - seen.begin));
  if (item.keyPositions >= 0)
    item.keyPositions += narrow(seen.begin);
  if (item.keyTokens >= 0)
    item.keyTokens += narrow(seen.begin);
}

void TableBuilder::addHead(const RingPiece &piece, const RingItem &item,
                           const Rows &keys) {
  const size_t place = &piece - step.pieces.data();
  for (int64_t row = 0; row < item.rows; row += options.queries) {
    RingItem tile = item;
    tile.row = narrow(row);
    const int64_t count = row / options.queries;
    tile.fresh = visits.first.contains(number, place, item.head, count);
    tile.last = visits.last.contains(number, place, item.head, count);
    setKeys(piece, keys, tile);
    tables.items.push_back(tile);
  }
}

void TableBuilder::addPiece(const RingPiece &piece) {
  RingItem item = itemOf(piece);
  const Rows places = rowsOf(piece.keys, headsApart(piece));
  for (int64_t batch = 0; batch < sizes.batch; ++batch)
    for (int64_t head = piece.heads.begin; head < piece.heads.end; ++head) {
      item.batch = narrow(batch);
      item.head = narrow(head);
      item.keyHead = piece.transfer < 0 ? narrow(head / headsPerKvHead()) : 0;
      addHead(piece, item, keysOf(piece, places, head));
    }
}

void TableBuilder::addBranch(int32_t branch) {
  const size_t begin = tables.items.size();
  for (const RingPiece &piece : step.pieces)
    if (piece.branch == branch)
      addPiece(piece);
  if (options.order == TileOrder::LongestFirst)
    GroupSorter(tables.items, options.group, [](const RingItem &item) {
      return item.keys;
    }).sort(begin);
  tables.phases.push_back(narrow(tables.items.size()));
}

} // namespace

VisitedRows countVisitedRows(const RingItem *items, int64_t count,
                             int64_t queries) {
  VisitedRows visited;
  for (const RingItem *item = items; item < items + count; ++item) {
    const int64_t rows = std::min<int64_t>(queries, item->rows - item->row);
    visited.fresh += item->fresh ? rows : 0;
    visited.last += item->last ? rows : 0;
  }
  return visited;
}

int64_t rowsOf(const std::vector<Transfer> &transfers) {
  int64_t rows = 0;
  for (const Transfer &transfer : transfers)
    rows += transfer.kvHeads.size() * transfer.rows.size();
  return rows;
}

Violation makeRingTables(const std::vector<RingStep> &steps, const Sizes &sizes,
                         size_t branches, const PlanOptions &options,
                         std::vector<RingTables> &tables) {
  tables.clear();
  for (const RingStep &step : steps)
    if (Violation violation = checkStep(step, sizes, options))
      return violation;
  const Visits visits = {VisitedTiles(steps, options.queries, Visit::First),
                         VisitedTiles(steps, options.queries, Visit::Last)};
  tables.resize(steps.size());
  for (size_t step = 0; step < steps.size(); ++step) {
    TableBuilder builder(steps, step, sizes, options, visits, tables[step]);
    tables[step].items.reserve(
        static_cast<size_t>(itemsOf(steps[step], sizes, options)));
    tables[step].phases.push_back(0);
    for (size_t branch = 0; branch < branches; ++branch)
      builder.addBranch(static_cast<int32_t>(branch));
  }
  return std::nullopt;
}

} // namespace rdattn::planner
