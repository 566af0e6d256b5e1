//===- HilbertCurve.cpp - The generalised Hilbert curve -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/HilbertCurve.h"

#include <algorithm>
#include <cstdlib>

namespace rdattn::planner {
namespace {

/// x is the column, y the row.
struct Vec {
  int64_t x, y;

  Vec operator+(Vec o) const { return {x + o.x, y + o.y}; }
  Vec operator-(Vec o) const { return {x - o.x, y - o.y}; }
  Vec operator-() const { return {-x, -y}; }
  /// Rounds toward -infinity, as the definition's halves do (S3).
  Vec half() const { return {x >> 1, y >> 1}; }
  Vec sign() const { return {(x > 0) - (x < 0), (y > 0) - (y < 0)}; }
  /// Sides run along one axis, so that the other component is 0.
  int64_t size() const { return std::abs(x + y); }
};

class Walk {
public:
  Walk(int64_t cols, int64_t tokens) : cols(cols), tokens(tokens) {
    order.reserve(tokens);
  }

  void rectangle(Vec p, Vec a, Vec b);
  std::vector<int32_t> take() { return std::move(order); }

private:
  void line(Vec p, Vec step, int64_t cells);
  bool hasToken(Vec p, Vec a, Vec b) const;

  int64_t cols;
  int64_t tokens;
  std::vector<int32_t> order;
};

/// The smallest token of the rectangle is at its top left cell.
bool Walk::hasToken(Vec p, Vec a, Vec b) const {
  Vec far = p + (a - a.sign()) + (b - b.sign());
  return std::min(p.y, far.y) * cols + std::min(p.x, far.x) < tokens;
}

/// Tokens grow along a line or fall, so those that exist are one part of it.
void Walk::line(Vec p, Vec step, int64_t cells) {
  int64_t token = p.y * cols + p.x;
  int64_t delta = step.y * cols + step.x;
  if (delta > 0) {
    int64_t kept = token < tokens ? (tokens - 1 - token) / delta + 1 : 0;
    cells = std::min(cells, kept);
  } else if (token >= tokens) {
    int64_t skipped = (token - tokens) / -delta + 1;
    cells -= skipped;
    token += skipped * delta;
  }
  for (; cells > 0; --cells, token += delta)
    order.push_back(static_cast<int32_t>(token));
}

/// `go` of S3. Depth is logarithmic: every step halves a side.
void Walk::rectangle(Vec p, Vec a, Vec b) {
  if (!hasToken(p, a, b))
    return;
  int64_t w = a.size(), h = b.size();
  if (h == 1)
    return line(p, a.sign(), w);
  if (w == 1)
    return line(p, b.sign(), h);
  Vec a2 = a.half(), b2 = b.half();
  if (w - h > h / 2) { // 2w > 3h, where 3h may overflow
    if (a2.size() % 2 != 0 && w > 2)
      a2 = a2 + a.sign();
    rectangle(p, a2, b);
    return rectangle(p + a2, a - a2, b);
  }
  if (b2.size() % 2 != 0 && h > 2)
    b2 = b2 + b.sign();
  rectangle(p, b2, a2);
  rectangle(p + b2, a, b - b2);
  rectangle(p + (a - a.sign()) + (b2 - b.sign()), -b2, -(a - a2));
}

} // namespace

std::vector<int32_t> hilbertOrder(Grid grid, int64_t tokens) {
  Walk walk(grid.cols, tokens);
  Vec across{grid.cols, 0}, down{0, grid.rows};
  if (grid.cols >= grid.rows)
    walk.rectangle({0, 0}, across, down);
  else
    walk.rectangle({0, 0}, down, across);
  return walk.take();
}

} // namespace rdattn::planner
