//===- Pattern.h - An attention pattern as plain data -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pattern language as plain data, with the rules every front door shares:
// the dialect's verifiers, JSON and the runtime all report these messages.
// All lengths, grids, dilations and windows are 64-bit counts of tokens (S2).
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_PATTERN_H
#define RDATTN_PLANNER_PATTERN_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rdattn::planner {

/// The cells a Hilbert order walks: token t sits in row t / cols, column
/// t % cols (S3).
struct Grid {
  int64_t rows = 0;
  int64_t cols = 0;

  bool operator==(const Grid &other) const {
    return rows == other.rows && cols == other.cols;
  }
};

enum class OrderKind { Identity, Hilbert };

/// The order of a segment's tokens. A Hilbert order without a grid takes the
/// default grid of its segment's full length (S3).
struct Order {
  OrderKind kind = OrderKind::Identity;
  std::optional<Grid> grid;

  bool operator==(const Order &other) const {
    return kind == other.kind && grid == other.grid;
  }
};

/// `length` consecutive tokens, split into `dilation` residue classes of their
/// position in the segment's order; `window` counts rows of a class (S11).
struct Segment {
  int64_t length = 0;
  int64_t dilation = 1;
  Order order;
  std::optional<int64_t> window;

  bool operator==(const Segment &other) const {
    return length == other.length && dilation == other.dilation &&
           order == other.order && window == other.window;
  }
};

/// Segments laid one after another from token 0; `repeat` cycles the list
/// until every token is covered (S2), `perHead` lets query head h compute only
/// one class (S7).
struct Branch {
  std::vector<Segment> segments;
  bool repeat = false;
  bool perHead = false;

  bool operator==(const Branch &other) const {
    return segments == other.segments && repeat == other.repeat &&
           perHead == other.perHead;
  }
};

/// Branches whose results are merged by their softmax denominators (S6).
struct Pattern {
  std::vector<Branch> branches;
  bool detachMixing = false;
};

/// A rule's message, or nothing where the rule holds.
using Violation = std::optional<std::string>;

/// The default grid of a segment of `length` tokens (S3): the smallest power
/// of two >= sqrt(length) columns, and the rows that then hold all tokens.
/// \pre length >= 1.
Grid defaultGrid(int64_t length);

/// The grid that `segment`'s Hilbert order walks. \pre order is Hilbert.
Grid gridOf(const Segment &segment);

/// length, dilation, window >= 1; a grid is positive, does not overflow 64
/// bits, and has a cell for every token (S2, S3).
Violation checkSegment(const Segment &segment);

/// At least one segment, each valid, and the sum of the lengths fits 64 bits.
Violation checkBranch(const Branch &branch);

/// At least one branch, each valid.
Violation checkPattern(const Pattern &pattern);

/// S2: `tokens` longer than a branch without repeat; names both lengths.
Violation checkCovers(const Branch &branch, int64_t tokens);

/// The sum of the branch's lengths. \pre checkBranch found nothing.
int64_t totalLength(const Branch &branch);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_PATTERN_H
