//===- RowLists.cpp - The row lists of a plan, each stored once -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RowLists.h"

namespace rdattn::planner {

RowLists::Shape &RowLists::shapeOf(const ClassGroup &group) {
  bool sorted = !group.window;
  Key key{group.grid->rows, group.grid->cols, group.length, group.stride,
          sorted};
  auto found = shapes.find(key);
  if (found != shapes.end())
    return found->second;
  HilbertClasses classes(*group.grid, group.length, group.stride, sorted);
  // The other parts of the key determine the runs, as findRuns set them.
  std::vector<int32_t> offsets(classes.count(), -1);
  Shape shape{std::move(classes), std::move(offsets), group.runs.rows};
  return shapes.emplace(key, std::move(shape)).first->second;
}

int32_t RowLists::offsetOf(Shape &shape, int64_t index) {
  int32_t &offset = shape.offsets[index];
  if (offset >= 0)
    return offset;
  offset = static_cast<int32_t>(storage.size());
  RowSpan span = shape.classes[index];
  for (int64_t i = 0; i < span.size; i += shape.run)
    storage.push_back(span.rows[i]);
  return offset;
}

} // namespace rdattn::planner
