//===- Definition.cpp - Attention patterns by brute force -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/Definition.h"

#include <cstdlib>

namespace rdattn::test {

using namespace planner;

namespace {

using Cell = std::pair<int64_t, int64_t>;

int64_t floorHalf(int64_t v) { return v >= 0 ? v / 2 : -((1 - v) / 2); }
int64_t sgn(int64_t v) { return v < 0 ? -1 : v > 0 ? 1 : 0; }

void go(int64_t x, int64_t y, int64_t ax, int64_t ay, int64_t bx, int64_t by,
        std::vector<Cell> &cells) {
  int64_t w = std::abs(ax + ay), h = std::abs(bx + by);
  if (h == 1 || w == 1) {
    int64_t dx = h == 1 ? sgn(ax) : sgn(bx), dy = h == 1 ? sgn(ay) : sgn(by);
    for (int64_t i = 0; i < (h == 1 ? w : h); ++i)
      cells.push_back({x + i * dx, y + i * dy});
    return;
  }
  int64_t ax2 = floorHalf(ax), ay2 = floorHalf(ay);
  int64_t bx2 = floorHalf(bx), by2 = floorHalf(by);
  if (2 * w > 3 * h) {
    if (std::abs(ax2 + ay2) % 2 == 1 && w > 2)
      ax2 += sgn(ax), ay2 += sgn(ay);
    go(x, y, ax2, ay2, bx, by, cells);
    go(x + ax2, y + ay2, ax - ax2, ay - ay2, bx, by, cells);
    return;
  }
  if (std::abs(bx2 + by2) % 2 == 1 && h > 2)
    bx2 += sgn(bx), by2 += sgn(by);
  go(x, y, bx2, by2, ax2, ay2, cells);
  go(x + bx2, y + by2, ax, ay, bx - bx2, by - by2, cells);
  go(x + (ax - sgn(ax)) + (bx2 - sgn(bx)), y + (ay - sgn(ay)) + (by2 - sgn(by)),
     -bx2, -by2, -(ax - ax2), -(ay - ay2), cells);
}

/// Fills in the places of one segment, whose length S may cut.
void place(std::vector<Place> &places, int64_t first, int64_t length,
           std::optional<Grid> grid, int64_t dilation,
           std::optional<int64_t> window) {
  int64_t tokens = places.size();
  int64_t kept = length < tokens - first ? length : tokens - first;
  if (kept <= 0)
    return;
  std::vector<int32_t> order;
  if (grid)
    order = curve(grid->rows, grid->cols, kept);
  for (int64_t position = 0; position < kept; ++position) {
    int64_t token = first + (grid ? order[position] : position);
    places[token] = {first, position, dilation, window.value_or(0)};
  }
}

/// S3: the default grid, by trial.
Grid trialGrid(int64_t length) {
  int64_t cols = 1;
  while (cols * cols < length)
    cols += cols;
  int64_t rows = 1;
  while (rows * cols < length)
    ++rows;
  return {rows, cols};
}

} // namespace

std::vector<Cell> curveCells(int64_t rows, int64_t cols) {
  std::vector<Cell> cells;
  if (cols >= rows)
    go(0, 0, cols, 0, 0, rows, cells);
  else
    go(0, 0, 0, rows, cols, 0, cells);
  return cells;
}

std::vector<int32_t> curve(int64_t rows, int64_t cols, int64_t tokens) {
  std::vector<int32_t> order;
  for (const Cell &cell : curveCells(rows, cols))
    if (cell.second * cols + cell.first < tokens)
      order.push_back(cell.second * cols + cell.first);
  return order;
}

std::vector<Place> placesOf(const Branch &branch, int64_t tokens) {
  std::vector<Place> places(tokens);
  int64_t first = 0;
  do {
    for (const Segment &segment : branch.segments) {
      std::optional<Grid> grid = segment.order.grid;
      if (segment.order.kind == OrderKind::Hilbert && !grid)
        grid = trialGrid(segment.length);
      place(places, first, segment.length, grid, segment.dilation,
            segment.window);
      first += segment.length;
    }
  } while (branch.repeat && first < tokens);
  return places;
}

std::vector<Place> placesOf(const BranchClasses &branch, int64_t tokens) {
  std::vector<Place> places(tokens);
  for (const ClassGroup &group : branch.groups) {
    int64_t first = group.first;
    for (int64_t t = 0; t != group.times && first < tokens; ++t) {
      place(places, first, group.length, group.grid, group.stride,
            group.window);
      first += group.period;
    }
  }
  return places;
}

bool allowed(const std::vector<Place> &places, int64_t i, int64_t j,
             bool causal) {
  const Place &a = places[i], &b = places[j];
  if (a.segment < 0 || a.segment != b.segment || (causal && j > i))
    return false;
  if (a.residue() != b.residue())
    return false;
  // |difference| < window * dilation; the difference is a multiple of dilation.
  return a.window == 0 ||
         std::abs(a.position - b.position) / a.dilation < a.window;
}

bool computes(const Place &place, bool perHead, int64_t head, int64_t heads) {
  if (place.segment < 0)
    return false;
  int64_t r = place.dilation;
  int64_t share = heads / r + (heads % r ? 1 : 0);
  return !perHead || place.residue() == head / share;
}

std::vector<bool> relation(const std::vector<Place> &places, bool perHead,
                           int64_t heads, bool causal) {
  std::vector<bool> pairs;
  int64_t tokens = places.size();
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t i = 0; i < tokens; ++i)
      for (int64_t j = 0; j < tokens; ++j)
        pairs.push_back(computes(places[i], perHead, head, heads) &&
                        allowed(places, i, j, causal));
  return pairs;
}

int64_t tokenOf(const Plan &plan, const WorkItem &item, int64_t row) {
  if (item.list < 0)
    return int64_t(item.first) + row * item.stride;
  return int64_t(item.first) + plan.rowList.at(item.list + row / item.run) +
         row % item.run * item.stride;
}

bool itemAllows(const Plan &plan, const WorkItem &item, int64_t i, int64_t j,
                bool causal) {
  if (item.window > 0 && std::abs(i - j) >= item.window)
    return false;
  if (!causal)
    return true;
  if (item.list >= 0 && item.window > 0)
    return tokenOf(plan, item, j) <= tokenOf(plan, item, i);
  return j <= i;
}

} // namespace rdattn::test
