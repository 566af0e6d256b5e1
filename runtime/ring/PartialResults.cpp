//===- PartialResults.cpp - What the steps of a ring add to ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/PartialResults.h"
#include "runtime/Scratch.h"

#include "lib/Planner/Integers.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

/// Of f32 rows, up to where the next ones can begin.
int64_t PartialResults::bytesOf(int64_t columns) const {
  return alignScratch(planner::saturate(
      planner::Wide(shard.batch) * shard.tokens * shard.heads *
      planner::saturate(planner::Wide(columns) * int64_t(sizeof(float)))));
}

int64_t PartialResults::bytes() const {
  return planner::saturate(planner::Wide(bytesOf(valueDim)) +
                           planner::Wide(2) * bytesOf(1));
}

void PartialResults::describe(char *memory, Memref4 &o, Memref3 &maxima,
                              Memref3 &sums) const {
  const int64_t row = shard.heads * valueDim;
  o = {memory,
       memory,
       0,
       {shard.batch, shard.tokens, shard.heads, valueDim},
       {shard.tokens * row, row, valueDim, 1}};
  auto statistics = [&](char *data) -> Memref3 {
    return {data,
            data,
            0,
            {shard.batch, shard.heads, shard.tokens},
            {shard.heads * shard.tokens, shard.tokens, 1}};
  };
  maxima = statistics(memory + bytesOf(valueDim));
  sums = statistics(memory + bytesOf(valueDim) + bytesOf(1));
}
