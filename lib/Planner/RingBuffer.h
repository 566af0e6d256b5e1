//===- RingBuffer.h - The rows that one step brings, each once --*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGBUFFER_H
#define RDATTN_PLANNER_RINGBUFFER_H

#include "lib/Planner/RowSequence.h"

namespace rdattn::planner {

/// Collects rows of one owner's shard in the order of a receiver's buffer.
/// Classes of one branch share no row and just follow each other; a class of
/// another branch may find some of its rows in the buffer already.
///
/// Rows are intersected as progressions while these are few and meet in runs;
/// from then on a table of the shard's rows is looked up row by row.
class RingBuffer {
public:
  explicit RingBuffer(int64_t shardRows) : shardRows(shardRows) {}

  /// Appends the rows of one class that are not there yet, and returns where in
  /// the buffer each of its rows is.
  RowSequence add(const RowSequence &rows, int32_t branch);

  const RowSequence &rows() const { return received; }

private:
  struct Part {
    Progression rows;
    int64_t place; ///< in the buffer
    int32_t branch;
  };
  /// Rows [begin, begin + places.count) of a class are at `places`.
  struct Found {
    int64_t begin;
    Progression places;
  };

  Progression append(const Progression &rows, int32_t branch);
  bool find(const Progression &rows, int32_t branch,
            std::vector<Found> &found) const;
  void addProgression(const Progression &rows, int32_t branch,
                      RowSequence &places);
  void addListed(const Progression &rows, RowSequence &places);
  void makeTable();

  int64_t shardRows;
  RowSequence received;
  std::vector<Part> parts;
  std::vector<int32_t> table; ///< place of each row, or -1; empty if not in use
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGBUFFER_H
