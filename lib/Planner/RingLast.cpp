//===- RingLast.cpp - Where a rank's rows get their last keys -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingLast.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

namespace rdattn::planner {

//===-- Rows as bits ------------------------------------------------------===//

static constexpr int64_t kBits = 64;

/// Calls `visit(word, bits)` for the words that hold rows, and ends where it
/// returns true.
template <typename Visit>
static void visitWords(const Progression &rows, Visit visit) {
  if (rows.stride < 1 || kBits % rows.stride != 0) {
    for (int64_t i = 0; i < rows.count; ++i)
      if (visit(rows[i] / kBits, uint64_t(1) << rows[i] % kBits))
        return;
    return;
  }
  // Every word has the same pattern, which the ends cut off.
  uint64_t pattern = 0;
  for (int64_t bit = rows.first % rows.stride; bit < kBits; bit += rows.stride)
    pattern |= uint64_t(1) << bit;
  const int64_t begin = rows.first / kBits, end = rows.last() / kBits;
  for (int64_t word = begin; word <= end; ++word) {
    uint64_t bits = pattern;
    if (word == begin)
      bits &= ~uint64_t(0) << rows.first % kBits;
    if (word == end)
      bits &= ~uint64_t(0) >> (kBits - 1 - rows.last() % kBits);
    if (visit(word, bits))
      return;
  }
}

static bool meets(const std::vector<uint64_t> &set, const Progression &rows) {
  bool found = false;
  visitWords(rows, [&](int64_t word, uint64_t bits) {
    return found = (set[word] & bits) != 0;
  });
  return found;
}

static void insert(const Progression &rows, std::vector<uint64_t> &set) {
  visitWords(rows, [&](int64_t word, uint64_t bits) {
    set[word] |= bits;
    return false;
  });
}

//===-- Tiles -------------------------------------------------------------===//

LastTiles::LastTiles(const std::vector<RingStep> &steps, int64_t queries)
    : steps(steps), queries(queries) {
  findHeads();
  findRows();
  places.resize(steps.size());
  for (size_t step = steps.size(); step-- > 0;) {
    const std::vector<RingPiece> &pieces = steps[step].pieces;
    places[step].resize(pieces.size());
    for (size_t end = pieces.size(), begin; end > 0; end = begin) {
      begin = end - 1;
      while (begin > 0 && pieces[begin - 1].branch == pieces[begin].branch)
        --begin;
      addBranch(step, begin, end);
    }
  }
}

/// A group begins where heads of some piece begin or end.
void LastTiles::findHeads() {
  std::vector<int64_t> borders;
  for (const RingStep &step : steps)
    for (const RingPiece &piece : step.pieces)
      for (int64_t border : {piece.heads.begin, piece.heads.end}) {
        if (border >= static_cast<int64_t>(borders.size()))
          borders.resize(border + 1);
        borders[border] = 1;
      }
  int64_t groups = 0;
  for (int64_t border : borders)
    group.push_back((groups += border) - 1);
  later.resize(groups);
}

void LastTiles::findRows() {
  int64_t rows = 0;
  for (const RingStep &step : steps)
    for (const RingPiece &piece : step.pieces)
      for (const Progression &part : piece.queries.progressions())
        rows = std::max({rows, part.first + 1, part.last() + 1});
  for (RowBits &bits : later)
    bits.resize(ceilDiv(rows, kBits));
}

void LastTiles::findTiles(const RowSequence &rows, const RowBits &later,
                          size_t place) {
  int64_t row = 0; // of the piece
  for (const Progression &part : rows.progressions())
    for (int64_t begin = 0; begin < part.count;) {
      const int64_t tile = row / queries;
      const int64_t count =
          std::min(part.count - begin, (tile + 1) * queries - row);
      if (last[place + tile] && meets(later, {part[begin], count, part.stride}))
        last[place + tile] = false;
      begin += count;
      row += count;
    }
}

/// Pieces [begin, end) of a step, which are of one branch and share no row of a
/// head.
void LastTiles::addBranch(size_t step, size_t begin, size_t end) {
  const std::vector<RingPiece> &pieces = steps[step].pieces;
  for (size_t i = begin; i < end; ++i) {
    const RingPiece &piece = pieces[i];
    const int64_t tiles = ceilDiv(piece.queries.size(), queries);
    places[step][i] = last.size();
    for (int64_t g = group[piece.heads.begin]; g < group[piece.heads.end];
         ++g) {
      const size_t place = last.size();
      last.resize(place + tiles, true);
      findTiles(piece.queries, later[g], place);
    }
  }
  for (size_t i = begin; i < end; ++i)
    for (int64_t g = group[pieces[i].heads.begin];
         g < group[pieces[i].heads.end]; ++g)
      for (const Progression &part : pieces[i].queries.progressions())
        insert(part, later[g]);
}

bool LastTiles::isLast(size_t step, size_t piece, int64_t head,
                       int64_t tile) const {
  const RingPiece &what = steps[step].pieces[piece];
  const int64_t tiles = ceilDiv(what.queries.size(), queries);
  return last[places[step][piece] +
              (group[head] - group[what.heads.begin]) * tiles + tile];
}

} // namespace rdattn::planner
