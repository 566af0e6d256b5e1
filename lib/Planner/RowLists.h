//===- RowLists.h - The row lists of a plan, each stored once ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_ROWLISTS_H
#define RDATTN_PLANNER_ROWLISTS_H

#include "lib/Planner/HilbertClasses.h"

#include <map>
#include <tuple>

namespace rdattn::planner {

/// Appends the lists of the classes that are asked for to one array; segments
/// of one shape share them.
class RowLists {
public:
  explicit RowLists(std::vector<int32_t> &storage) : storage(storage) {}

  /// The offsets of the group's class lists, -1 for those not stored yet.
  struct Shape {
    HilbertClasses classes;
    std::vector<int32_t> offsets;
    int64_t run;
  };
  Shape &shapeOf(const ClassGroup &group);

  int32_t offsetOf(Shape &shape, int64_t index);

private:
  using Key = std::tuple<int64_t, int64_t, int64_t, int64_t, bool>;

  std::vector<int32_t> &storage;
  std::map<Key, Shape> shapes;
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_ROWLISTS_H
