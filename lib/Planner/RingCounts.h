//===- RingCounts.h - Keys that are seen, by counting -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGCOUNTS_H
#define RDATTN_PLANNER_RINGCOUNTS_H

#include "lib/Planner/RingClass.h"

namespace rdattn::planner {

/// How many keys each query sees, where both are rows of a class, ascending.
/// Time: (queries + keys) * log(keys).
std::vector<int64_t> countSeen(const RingClass &cls, bool causal,
                               const std::vector<int32_t> &queries,
                               const std::vector<int32_t> &keys);

/// How many queries each key is seen by.
std::vector<int64_t> countSeers(const RingClass &cls, bool causal,
                                const std::vector<int32_t> &queries,
                                const std::vector<int32_t> &keys);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGCOUNTS_H
