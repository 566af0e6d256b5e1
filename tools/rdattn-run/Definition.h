//===- Definition.h - Which keys a row sees, by definition ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// docs/language.md's semantics (S1 to S7, S11), written down as they stand
// there. Shares the pattern's data with the compiler, and no code: it is what
// the compiler is checked against.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_DEFINITION_H
#define RDATTN_TOOLS_RUN_DEFINITION_H

#include "lib/Planner/Pattern.h"

#include <map>
#include <tuple>

namespace rdattn::run {

/// The tokens below `tokens` in the order that the curve visits them (S3).
std::vector<int64_t> walkCurve(planner::Grid grid, int64_t tokens);

/// The keys of each row, for one number of tokens and of query heads.
class Definition {
public:
  /// \pre checkPattern found nothing.
  Definition(planner::Pattern pattern, bool causal, int64_t tokens,
             int64_t heads);

  /// S2: a branch that is too short; names both lengths.
  planner::Violation check() const;

  /// Every key that `row` of `head` sees, once for each branch that allows it
  /// (S6). \pre check found nothing.
  std::vector<int64_t> keysOf(int64_t head, int64_t row);

private:
  /// A segment as it lies among the tokens, cut where they end.
  struct Placed {
    const planner::Segment *segment;
    int64_t first, tokens;
  };
  Placed segmentOf(const planner::Branch &branch, int64_t row) const;
  const std::vector<int64_t> &positionsOf(const Placed &placed);
  void addKeys(const planner::Branch &branch, int64_t head, int64_t row,
               std::vector<int64_t> &keys);

  planner::Pattern pattern;
  bool causal;
  int64_t tokens, heads;
  /// Positions by rows, columns (none for the identity) and tokens.
  std::map<std::tuple<int64_t, int64_t, int64_t>, std::vector<int64_t>> known;
};

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_DEFINITION_H
