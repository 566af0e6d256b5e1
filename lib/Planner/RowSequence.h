//===- RowSequence.h - Rows in a given order, not enumerated ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_ROWSEQUENCE_H
#define RDATTN_PLANNER_ROWSEQUENCE_H

#include <cstdint>
#include <optional>
#include <vector>

namespace rdattn::planner {

/// first, first + stride, ...: `count` numbers.
struct Progression {
  int64_t first = 0;
  int64_t count = 0;
  int64_t stride = 1;

  int64_t operator[](int64_t i) const { return first + i * stride; }
  int64_t last() const { return (*this)[count - 1]; }
  bool operator==(const Progression &other) const {
    return first == other.first && count == other.count &&
           stride == other.stride;
  }
};

/// The members of `a` that are in `b`, as indices of `a`: consecutive ones
/// where a's stride is a multiple of b's. \pre positive strides.
Progression intersect(const Progression &a, const Progression &b);

/// Rows in the order in which something reads them, as progressions laid one
/// after another. Memory grows with the progressions, not with the rows.
class RowSequence {
public:
  RowSequence() = default;
  /*implicit*/ RowSequence(const Progression &rows) { append(rows); }

  /// Appends rows; a progression that continues the last one extends it.
  void append(const Progression &rows);
  void append(int64_t row) { append(Progression{row, 1, 1}); }

  int64_t size() const { return total; }
  bool empty() const { return total == 0; }
  const std::vector<Progression> &progressions() const { return parts; }

  /// The one progression that the rows are, or nothing; no rows are one too.
  std::optional<Progression> affine() const;

  /// Every row. \pre all rows are below 2^31.
  std::vector<int32_t> list() const;

  /// Rows [begin, begin + count) of the sequence.
  RowSequence slice(int64_t begin, int64_t count) const;

private:
  std::vector<Progression> parts;
  int64_t total = 0;
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_ROWSEQUENCE_H
