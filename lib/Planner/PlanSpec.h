//===- PlanSpec.h - Class groups as bytes in a module -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_PLANSPEC_H
#define RDATTN_PLANNER_PLANSPEC_H

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingLayout.h"

#include <cstddef>

namespace rdattn::planner {

/// What a module with a dynamic shape carries for the runtime's planner.
struct PlanSpec {
  std::vector<BranchClasses> branches;
  /// With a ring those of each step's table.
  PlanOptions options;
  /// How the shards lie, where the attention runs on a ring.
  std::optional<Layout> ring = std::nullopt;
};

/// A spec as little-endian 64-bit words (the first is their number), so that a
/// module can embed it as a constant.
std::vector<int64_t> serialize(const PlanSpec &spec);

/// The spec of `words[0 .. count)`; a violation where the words are truncated,
/// malformed, or describe groups that checkGroup or checkDisjoint refuses.
/// Never allocates more than the words can fill.
Violation deserialize(const int64_t *words, size_t count, PlanSpec &spec);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_PLANSPEC_H
