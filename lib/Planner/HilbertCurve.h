//===- HilbertCurve.h - The generalised Hilbert curve -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_HILBERTCURVE_H
#define RDATTN_PLANNER_HILBERTCURVE_H

#include "lib/Planner/Pattern.h"

namespace rdattn::planner {

/// The first `tokens` tokens of `grid` in the order the curve visits them
/// (S3); cells past them are skipped. A permutation of 0 .. tokens-1. Time
/// and memory grow with `tokens`, not with the grid: rectangles without a
/// token are never entered.
/// \pre 0 <= tokens <= rows * cols, tokens <= 2^31 - 1.
std::vector<int32_t> hilbertOrder(Grid grid, int64_t tokens);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_HILBERTCURVE_H
