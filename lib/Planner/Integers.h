//===- Integers.h - 64-bit arithmetic that notices overflow -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_INTEGERS_H
#define RDATTN_PLANNER_INTEGERS_H

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace rdattn::planner {

inline constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();

/// Wide enough for any product of two 64-bit numbers.
using Wide = __int128;

inline std::optional<int64_t> addChecked(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum))
    return std::nullopt;
  return sum;
}

inline std::optional<int64_t> mulChecked(int64_t a, int64_t b) {
  int64_t product;
  if (__builtin_mul_overflow(a, b, &product))
    return std::nullopt;
  return product;
}

inline int64_t saturate(Wide value) {
  return static_cast<int64_t>(value < kMaxInt64 ? value : kMaxInt64);
}

/// \pre a >= 0, b >= 1. Unlike (a + b - 1) / b this cannot overflow.
inline int64_t ceilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

/// Rounds toward -infinity. \pre b >= 1.
inline int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/// In [0, b). \pre b >= 1.
inline int64_t floorMod(int64_t a, int64_t b) {
  return a % b + (a % b < 0 ? b : 0);
}

using Unsigned = unsigned __int128;

/// The sum over i < n of floor((a * i + b) / m), modulo 2^128, in as many steps
/// as Euclid's algorithm takes.
inline Unsigned floorSum(Unsigned n, Unsigned m, Unsigned a, Unsigned b) {
  Unsigned sum = 0;
  while (true) {
    if (n > 0)
      sum += n * (n - 1) / 2 * (a / m) + n * (b / m);
    a %= m;
    b %= m;
    Unsigned last = a * n + b;
    if (last < m)
      return sum;
    n = last / m;
    b = last % m;
    std::swap(m, a);
  }
}

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_INTEGERS_H
