//===- RingLayout.h - Which tokens a rank of a ring holds -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// S8: S tokens live on the ranks of a ring. Local rows of a rank ascend with
// their tokens in every layout. All of it is closed form.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGLAYOUT_H
#define RDATTN_PLANNER_RINGLAYOUT_H

#include "lib/Planner/Pattern.h"
#include "lib/Planner/RowSequence.h"

#include <algorithm>
#include <array>

namespace rdattn::planner {

enum class Layout {
  Contiguous, ///< rank i holds part i of R
  ZigZag,     ///< rank i holds parts i and 2R-1-i of 2R
  Striped     ///< rank i holds the tokens t with t mod R = i
};

const char *nameOf(Layout layout);

struct Ring {
  int64_t size = 1; ///< ranks
  Layout layout = Layout::Contiguous;

  bool operator==(const Ring &other) const {
    return size == other.size && layout == other.layout;
  }
};

/// Planning keeps a few words for each rank.
inline constexpr int64_t kMaxRingSize = int64_t(1) << 20;

/// The size is between 1 and kMaxRingSize.
Violation checkRing(const Ring &ring);

/// 0 <= rank < size. \pre checkRing found nothing.
Violation checkRank(const Ring &ring, int64_t rank);

/// The rows that `rank` passed do not fit the layout; names both lengths.
Violation checkShard(const Ring &ring, int64_t tokens, int64_t rank,
                     int64_t rows);

/// Consecutive local rows from `firstRow` on, and their tokens.
struct Chunk {
  Progression tokens;
  int64_t firstRow = 0;

  /// \pre the chunk holds the token.
  int64_t rowOf(int64_t token) const {
    return firstRow + (token - tokens.first) / tokens.stride;
  }
};

/// The rows of one rank: no chunk where it holds none, two only where they are
/// apart in the sequence. Chunks ascend.
class Shard {
public:
  void append(const Progression &tokens);

  const Chunk *begin() const { return chunks.data(); }
  const Chunk *end() const { return chunks.data() + count; }
  int64_t rows() const;
  /// \pre the shard holds the token.
  int64_t rowOf(int64_t token) const;

private:
  std::array<Chunk, 2> chunks;
  int count = 0;
};

Shard shardOf(const Ring &ring, int64_t tokens, int64_t rank);

/// Rows of `rank`'s shard of an S of `tokens`.
int64_t shardLength(const Ring &ring, int64_t tokens, int64_t rank);

/// \pre 0 <= row < shardLength.
int64_t tokenAt(const Ring &ring, int64_t tokens, int64_t rank, int64_t row);

/// The rank that holds a token. \pre 0 <= token < tokens.
int64_t rankOf(const Ring &ring, int64_t tokens, int64_t token);

/// Where a token lives.
struct Residence {
  int64_t rank = 0;
  int64_t row = 0;
};
/// \pre 0 <= token < tokens.
Residence residenceOf(const Ring &ring, int64_t tokens, int64_t token);

/// The parts that a contiguous or zigzag layout cuts the sequence into.
class Parts {
public:
  /// \pre the layout is not striped.
  Parts(const Ring &ring, int64_t tokens);

  int64_t count() const { return parts; }
  int64_t begin(int64_t part) const {
    return part * shorter + std::min(part, longer);
  }
  Progression tokens(int64_t part) const {
    return {begin(part), begin(part + 1) - begin(part), 1};
  }
  int64_t partOf(int64_t token) const;
  int64_t rankOf(int64_t part) const {
    return part < ranks ? part : parts - 1 - part;
  }

private:
  int64_t ranks, parts, shorter, longer;
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGLAYOUT_H
