//===- RingReach.h - Keys that queries of a rank see ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGREACH_H
#define RDATTN_PLANNER_RINGREACH_H

#include "lib/Planner/Band.h"
#include "lib/Planner/RingPattern.h"

namespace rdattn::planner {

/// Members [query, query + queries) of one rank see members [key, key + keys)
/// of another as `band` says, counted from the first of each; every one of
/// them sees a key or is seen.
struct Reach {
  int64_t query = 0, queries = 0;
  int64_t key = 0, keys = 0;
  Band band;
};

/// What rows `queries` of a class reach of rows `keys` of it: progressions of
/// one stride. No queries where nothing is seen.
/// \pre the class is sorted, or not causal.
Reach reachOf(const RingClass &cls, bool causal, const Progression &queries,
              const Progression &keys);

/// What the runs of two ranks' members reach, at most one per pair of runs.
struct Reaches {
  std::array<Reach, 4> items;
  int count = 0;

  const Reach *begin() const { return items.data(); }
  const Reach *end() const { return items.data() + count; }
};
Reaches reachesOf(const RingClass &cls, bool causal, const Members &queries,
                  const Members &keys);

/// What the members of one rank, as queries, see of another's, as keys.
struct Sight {
  Reaches reaches;    ///< where the members are runs
  RowSequence needed; ///< the keys' members that a query sees, ascending
  Wide pairs = 0;     ///< allowed pairs of one head and batch
};
Sight lookAt(const RingClass &cls, bool causal, const Members &queries,
             const Members &keys);

/// The numbers of a Sight alone.
struct Tally {
  int64_t needed = 0;
  Wide pairs = 0;
};
Tally tallyOf(const RingClass &cls, bool causal, const Members &queries,
              const Members &keys);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGREACH_H
