//===- Definition.h - Attention patterns by brute force ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Section 1 of the design, word by word and slowly, sharing no code with the
// planner that the tests check against it.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_UNIT_PLANNER_DEFINITION_H
#define RDATTN_TEST_UNIT_PLANNER_DEFINITION_H

#include "lib/Planner/Plan.h"

namespace rdattn::test {

/// All cells (x, y) of S3's curve, by the plain recursion.
std::vector<std::pair<int64_t, int64_t>> curveCells(int64_t rows, int64_t cols);

/// The first `tokens` tokens in curve order.
std::vector<int32_t> curve(int64_t rows, int64_t cols, int64_t tokens);

/// Where a token lies: its segment, and its position in the segment's order.
struct Place {
  int64_t segment = -1; ///< first token of the segment, or -1 for none
  int64_t position = 0;
  int64_t dilation = 1;
  int64_t window = 0; ///< 0: none

  int64_t residue() const { return position % dilation; }
};

/// The places of the first `tokens` tokens.
std::vector<Place> placesOf(const planner::Branch &branch, int64_t tokens);
std::vector<Place> placesOf(const planner::BranchClasses &branch,
                            int64_t tokens);

bool allowed(const std::vector<Place> &places, int64_t i, int64_t j,
             bool causal);

/// S7: whether a head computes a row at all.
bool computes(const Place &place, bool perHead, int64_t head, int64_t heads);

/// For each head, query and key: whether the pair is computed.
std::vector<bool> relation(const std::vector<Place> &places, bool perHead,
                           int64_t heads, bool causal);

/// The token of row `row` of the item's class.
int64_t tokenOf(const planner::Plan &plan, const planner::WorkItem &item,
                int64_t row);

/// Whether the kernel that Plan.h describes lets row i of the class see row j.
bool itemAllows(const planner::Plan &plan, const planner::WorkItem &item,
                int64_t i, int64_t j, bool causal);

} // namespace rdattn::test

#endif // RDATTN_TEST_UNIT_PLANNER_DEFINITION_H
