//===- HilbertDefinition.cpp - The curve of S3 ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Definition.h"

#include <cstdlib>

namespace rdattn::run {

namespace {

struct Vector {
  int64_t x, y; ///< the column, the row

  Vector operator+(Vector o) const { return {x + o.x, y + o.y}; }
  Vector operator-(Vector o) const { return {x - o.x, y - o.y}; }
  Vector operator-() const { return {-x, -y}; }
};

int64_t length(Vector v) { return std::abs(v.x) + std::abs(v.y); }
int64_t sign(int64_t v) { return (v > 0) - (v < 0); }
Vector sign(Vector v) { return {sign(v.x), sign(v.y)}; }
/// Halves round toward minus infinity.
int64_t half(int64_t v) { return v / 2 - (v % 2 < 0); }
Vector half(Vector v) { return {half(v.x), half(v.y)}; }

class Curve {
public:
  Curve(int64_t cols, int64_t tokens) : cols(cols), tokens(tokens) {}

  void go(Vector p, Vector a, Vector b);

  std::vector<int64_t> visited;

private:
  /// No cell of the rectangle is a token: its first cell in raster order is
  /// already past them.
  bool isPastTokens(Vector p, Vector a, Vector b) const {
    Vector end = p + (a - sign(a)) + (b - sign(b));
    int64_t row = std::min(p.y, end.y), col = std::min(p.x, end.x);
    return row > (tokens - 1) / cols || row * cols + col >= tokens;
  }
  void line(Vector p, Vector a);

  int64_t cols, tokens;
};

/// The cells along `a`, by halves, so that those past the tokens cost nothing.
void Curve::line(Vector p, Vector a) {
  Vector step = sign(a);
  if (isPastTokens(p, a, step))
    return;
  if (length(a) == 1) {
    visited.push_back(p.y * cols + p.x);
    return;
  }
  int64_t steps = length(a) / 2;
  Vector first = {step.x * steps, step.y * steps};
  line(p, first);
  line(p + first, a - first);
}

void Curve::go(Vector p, Vector a, Vector b) {
  if (isPastTokens(p, a, b))
    return;
  int64_t w = length(a), h = length(b);
  if (h == 1)
    return line(p, a);
  if (w == 1)
    return line(p, b);
  Vector a2 = half(a), b2 = half(b);
  if (w > h && (w / 2 >= h || 2 * w > 3 * h)) { // 2w > 3h, in 64 bits
    if (length(a2) % 2 && w > 2)
      a2 = a2 + sign(a);
    go(p, a2, b);
    go(p + a2, a - a2, b);
    return;
  }
  if (length(b2) % 2 && h > 2)
    b2 = b2 + sign(b);
  go(p, b2, a2);
  go(p + b2, a, b - b2);
  go(p + (a - sign(a)) + (b2 - sign(b)), -b2, -(a - a2));
}

} // namespace

std::vector<int64_t> walkCurve(planner::Grid grid, int64_t tokens) {
  Curve curve(grid.cols, tokens);
  Vector across = {grid.cols, 0}, down = {0, grid.rows};
  if (tokens > 0 && grid.cols >= grid.rows)
    curve.go({0, 0}, across, down);
  else if (tokens > 0)
    curve.go({0, 0}, down, across);
  return std::move(curve.visited);
}

} // namespace rdattn::run
