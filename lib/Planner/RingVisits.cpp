//===- RingVisits.cpp - First and last visits of a rank's rows ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingVisits.h"

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
  bool isMet = false;
  visitWords(rows, [&](int64_t word, uint64_t bits) {
    return isMet = (set[word] & bits) != 0;
  });
  return isMet;
}

static void insert(const Progression &rows, std::vector<uint64_t> &set) {
  visitWords(rows, [&](int64_t word, uint64_t bits) {
    set[word] |= bits;
    return false;
  });
}

//===-- Tiles -------------------------------------------------------------===//

namespace {
/// The pieces [begin, end) of a step are of one branch.
struct BranchPieces {
  size_t step, begin, end;
};
} // namespace

static std::vector<BranchPieces>
branchesOf(const std::vector<RingStep> &steps) {
  std::vector<BranchPieces> branches;
  for (size_t step = 0; step < steps.size(); ++step) {
    const std::vector<RingPiece> &pieces = steps[step].pieces;
    for (size_t begin = 0, end; begin < pieces.size(); begin = end) {
      end = begin + 1;
      while (end < pieces.size() && pieces[end].branch == pieces[begin].branch)
        ++end;
      branches.push_back({step, begin, end});
    }
  }
  return branches;
}

VisitedTiles::VisitedTiles(const std::vector<RingStep> &steps, int64_t queries,
                           Visit visit)
    : steps(steps), queries(queries) {
  findHeads();
  findRows();
  for (const RingStep &step : steps)
    places.emplace_back(step.pieces.size());
  std::vector<BranchPieces> branches = branchesOf(steps);
  if (visit == Visit::Last)
    std::reverse(branches.begin(), branches.end());
  for (const BranchPieces &branch : branches)
    addBranch(branch.step, branch.begin, branch.end);
}

/// A group begins where heads of some piece begin or end.
void VisitedTiles::findHeads() {
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
  others.resize(groups);
}

void VisitedTiles::findRows() {
  int64_t rows = 0;
  for (const RingStep &step : steps)
    for (const RingPiece &piece : step.pieces)
      for (const Progression &part : piece.queries.progressions())
        rows = std::max({rows, part.first + 1, part.last() + 1});
  for (RowBits &bits : others)
    bits.resize(ceilDiv(rows, kBits));
}

void VisitedTiles::findTiles(const RowSequence &rows, const RowBits &others,
                             size_t place) {
  int64_t row = 0; // of the piece
  for (const Progression &part : rows.progressions())
    for (int64_t begin = 0; begin < part.count;) {
      const int64_t tile = row / queries;
      const int64_t count =
          std::min(part.count - begin, (tile + 1) * queries - row);
      if (found[place + tile] &&
          meets(others, {part[begin], count, part.stride}))
        found[place + tile] = false;
      begin += count;
      row += count;
    }
}

/// Pieces [begin, end) of a step, which are of one branch and share no row of a
/// head.
void VisitedTiles::addBranch(size_t step, size_t begin, size_t end) {
  const std::vector<RingPiece> &pieces = steps[step].pieces;
  for (size_t i = begin; i < end; ++i) {
    const RingPiece &piece = pieces[i];
    const int64_t tiles = ceilDiv(piece.queries.size(), queries);
    places[step][i] = found.size();
    for (int64_t g = group[piece.heads.begin]; g < group[piece.heads.end];
         ++g) {
      const size_t place = found.size();
      found.resize(place + tiles, true);
      findTiles(piece.queries, others[g], place);
    }
  }
  for (size_t i = begin; i < end; ++i)
    for (int64_t g = group[pieces[i].heads.begin];
         g < group[pieces[i].heads.end]; ++g)
      for (const Progression &part : pieces[i].queries.progressions())
        insert(part, others[g]);
}

bool VisitedTiles::contains(size_t step, size_t piece, int64_t head,
                            int64_t tile) const {
  const RingPiece &what = steps[step].pieces[piece];
  const int64_t tiles = ceilDiv(what.queries.size(), queries);
  return found[places[step][piece] +
               (group[head] - group[what.heads.begin]) * tiles + tile];
}

} // namespace rdattn::planner
