//===- RingDefinition.h - A ring of shards by brute force -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// S8 and E6 word by word and slowly, sharing no code with the planner.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_UNIT_PLANNER_RINGDEFINITION_H
#define RDATTN_TEST_UNIT_PLANNER_RINGDEFINITION_H

#include "lib/Planner/RingLayout.h"
#include "test/unit/Planner/Definition.h"
#include "test/unit/Planner/RandomPatterns.h"

#include <ostream>
#include <set>

namespace rdattn::test {

/// The tokens of each rank, by local row.
using Shards = std::vector<std::vector<int64_t>>;
Shards shardsOf(const planner::Ring &ring, int64_t tokens);

inline constexpr planner::Layout kLayouts[] = {planner::Layout::Contiguous,
                                               planner::Layout::ZigZag,
                                               planner::Layout::Striped};

/// A pattern, its shape and the ring it runs on.
struct RingCase {
  std::vector<planner::BranchClasses> branches;
  planner::Sizes sizes;
  bool causal = false;
  planner::Ring ring;
};
std::ostream &operator<<(std::ostream &out, const RingCase &c);

RingCase randomRingCase(Random &random);

/// What the definition says of a case.
class RingTruth {
public:
  explicit RingTruth(const RingCase &c);

  /// Whether query head `head` computes the pair in a branch.
  bool allows(size_t branch, int64_t head, int64_t i, int64_t j) const;

  /// E6: the tokens of `owner` that `receiver` needs for a key/value head.
  std::set<int64_t> needed(int64_t receiver, int64_t owner,
                           int64_t kvHead) const;

  /// Allowed pairs of `receiver`'s queries and `owner`'s keys, over batches,
  /// heads and branches.
  int64_t pairs(int64_t receiver, int64_t owner) const;

  const Shards shards;

private:
  const RingCase &c;
  std::vector<std::vector<bool>> relations; ///< by branch
};

} // namespace rdattn::test

#endif // RDATTN_TEST_UNIT_PLANNER_RINGDEFINITION_H
