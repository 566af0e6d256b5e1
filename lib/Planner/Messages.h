//===- Messages.h - Sentences that several rules share ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_MESSAGES_H
#define RDATTN_PLANNER_MESSAGES_H

#include "lib/Planner/Pattern.h"

namespace rdattn::planner {

inline std::string show(const Grid &grid) {
  return std::to_string(grid.rows) + "x" + std::to_string(grid.cols);
}

inline Violation checkAtLeast(const char *what, int64_t value, int64_t least) {
  if (value >= least)
    return std::nullopt;
  return std::string(what) + " must be at least " + std::to_string(least) +
         ", but is " + std::to_string(value);
}

/// S2: the input is longer than a branch that does not repeat.
inline std::string tooLong(int64_t tokens, int64_t covered) {
  return "S = " + std::to_string(tokens) + " is longer than the pattern's " +
         std::to_string(covered) +
         " tokens; shorten the input, lengthen a segment, or let the branch "
         "`repeat`";
}

/// A grid is positive, countable, and has a cell for every token (S3).
Violation checkGrid(const Grid &grid, int64_t length);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_MESSAGES_H
