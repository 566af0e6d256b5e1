//===- RingLayout.cpp - Which tokens a rank of a ring holds ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingLayout.h"

#include "lib/Planner/Integers.h"
#include "lib/Planner/Messages.h"

namespace rdattn::planner {

const char *nameOf(Layout layout) {
  switch (layout) {
  case Layout::Contiguous:
    return "contiguous";
  case Layout::ZigZag:
    return "zigzag";
  case Layout::Striped:
    return "striped";
  }
  return "";
}

Violation checkRing(const Ring &ring) {
  if (Violation v = checkAtLeast("the size of a ring", ring.size, 1))
    return v;
  if (ring.size <= kMaxRingSize)
    return std::nullopt;
  return "the size of a ring must be at most " + std::to_string(kMaxRingSize) +
         ", but is " + std::to_string(ring.size);
}

Violation checkRank(const Ring &ring, int64_t rank) {
  if (rank >= 0 && rank < ring.size)
    return std::nullopt;
  return "the rank must be between 0 and " + std::to_string(ring.size - 1) +
         " in a ring of " + std::to_string(ring.size) + ", but is " +
         std::to_string(rank);
}

Violation checkShard(const Ring &ring, int64_t tokens, int64_t rank,
                     int64_t rows) {
  int64_t expected = shardLength(ring, tokens, rank);
  if (rows == expected)
    return std::nullopt;
  return "rank " + std::to_string(rank) + " of " + std::to_string(ring.size) +
         " holds " + std::to_string(expected) +
         " of S = " + std::to_string(tokens) + " tokens in the " +
         nameOf(ring.layout) + " layout, but its shard has " +
         std::to_string(rows) + " rows";
}

void Shard::append(const Progression &tokens) {
  if (tokens.count == 0)
    return;
  if (count > 0) {
    Progression &last = chunks[count - 1].tokens;
    if (last.first + last.count == tokens.first) {
      last.count += tokens.count;
      return;
    }
  }
  chunks[count] = {tokens, rows()};
  ++count;
}

int64_t Shard::rows() const {
  int64_t rows = 0;
  for (const Chunk &chunk : *this)
    rows += chunk.tokens.count;
  return rows;
}

int64_t Shard::rowOf(int64_t token) const {
  const Chunk *chunk = begin();
  if (chunk + 1 < end() && token > chunk->tokens.last())
    ++chunk;
  return chunk->rowOf(token);
}

Parts::Parts(const Ring &ring, int64_t tokens)
    : ranks(ring.size),
      parts(ring.layout == Layout::ZigZag ? 2 * ring.size : ring.size),
      shorter(tokens / parts), longer(tokens % parts) {}

int64_t Parts::partOf(int64_t token) const {
  int64_t boundary = longer * (shorter + 1);
  return token < boundary ? token / (shorter + 1)
                          : longer + (token - boundary) / shorter;
}

Shard shardOf(const Ring &ring, int64_t tokens, int64_t rank) {
  Shard shard;
  if (ring.layout == Layout::Striped) {
    int64_t rows = rank < tokens ? (tokens - 1 - rank) / ring.size + 1 : 0;
    shard.append({rank, rows, ring.size});
    return shard;
  }
  Parts parts(ring, tokens);
  shard.append(parts.tokens(rank));
  if (ring.layout == Layout::ZigZag)
    shard.append(parts.tokens(parts.count() - 1 - rank));
  return shard;
}

int64_t shardLength(const Ring &ring, int64_t tokens, int64_t rank) {
  return shardOf(ring, tokens, rank).rows();
}

int64_t tokenAt(const Ring &ring, int64_t tokens, int64_t rank, int64_t row) {
  Shard shard = shardOf(ring, tokens, rank);
  const Chunk *chunk = shard.begin();
  if (row >= chunk->tokens.count)
    ++chunk;
  return chunk->tokens[row - chunk->firstRow];
}

int64_t rankOf(const Ring &ring, int64_t tokens, int64_t token) {
  if (ring.layout == Layout::Striped)
    return token % ring.size;
  Parts parts(ring, tokens);
  return parts.rankOf(parts.partOf(token));
}

Residence residenceOf(const Ring &ring, int64_t tokens, int64_t token) {
  int64_t rank = rankOf(ring, tokens, token);
  return {rank, shardOf(ring, tokens, rank).rowOf(token)};
}

} // namespace rdattn::planner
