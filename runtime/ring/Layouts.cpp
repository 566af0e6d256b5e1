//===- Layouts.cpp - Where the tokens of a sequence live ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/ring.h"
#include "runtime/PlanSpecHandle.h"
#include "runtime/comm/Ring.h"

#include "lib/Planner/RingChoice.h"

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

static MaybeFailure checkLength(int64_t tokens) {
  if (tokens >= 0)
    return std::nullopt;
  return invalid("tokens is ", tokens, ", but must not be negative");
}

/// The ring of these numbers, where there is one with such a rank.
static MaybeFailure makeRing(int layout, int64_t tokens, int32_t size,
                             int32_t rank, planner::Ring &ring) {
  if (layout < RDATTN_RING_CONTIGUOUS || layout > RDATTN_RING_STRIPED)
    return invalid("layout is ", layout,
                   ", but must be 0 (contiguous), 1 "
                   "(zigzag) or 2 (striped)");
  ring = {size, static_cast<planner::Layout>(layout)};
  if (planner::Violation violation = planner::checkRing(ring))
    return invalid(*violation);
  if (planner::Violation violation = planner::checkRank(ring, rank))
    return invalid(*violation);
  return checkLength(tokens);
}

static_assert(int(planner::Layout::Contiguous) == RDATTN_RING_CONTIGUOUS &&
              int(planner::Layout::ZigZag) == RDATTN_RING_ZIGZAG &&
              int(planner::Layout::Striped) == RDATTN_RING_STRIPED);

extern "C" int64_t rdattn_ring_shard_length(rdattn_ring_layout layout,
                                            int64_t tokens, int32_t size,
                                            int32_t rank) {
  int64_t length = -1;
  guarded([&]() -> MaybeFailure {
    planner::Ring ring;
    if (MaybeFailure failure = makeRing(layout, tokens, size, rank, ring))
      return failure;
    length = planner::shardLength(ring, tokens, rank);
    return std::nullopt;
  });
  return length;
}

extern "C" rdattn_status rdattn_ring_positions(rdattn_ring_layout layout,
                                               int64_t tokens, int32_t size,
                                               int32_t rank,
                                               int64_t *tokensOut) {
  return guarded([&]() -> MaybeFailure {
    planner::Ring ring;
    if (MaybeFailure failure = makeRing(layout, tokens, size, rank, ring))
      return failure;
    const planner::Shard shard = planner::shardOf(ring, tokens, rank);
    if (!tokensOut && shard.rows() > 0)
      return invalid("tokens_out is NULL, but must have room for ",
                     shard.rows(), " tokens");
    for (const planner::Chunk &chunk : shard)
      for (int64_t row = 0; row < chunk.tokens.count; ++row)
        *tokensOut++ = chunk.tokens[row];
    return std::nullopt;
  });
}

extern "C" rdattn_status rdattn_ring_choose_layout(const rdattn_plan_spec *spec,
                                                   int64_t tokens, int32_t size,
                                                   rdattn_ring_layout *layout) {
  return guarded([&]() -> MaybeFailure {
    if (!spec)
      return invalid("spec is NULL, but must be the pattern's plan spec");
    if (!layout)
      return invalid("layout is NULL, but must point to where it goes");
    planner::Ring ring;
    if (MaybeFailure failure =
            makeRing(RDATTN_RING_CONTIGUOUS, tokens, size, 0, ring))
      return failure;
    const planner::PlanSpec &pattern = spec->plans.spec;
    if (planner::Violation violation =
            planner::checkSizes(pattern.branches, {1, tokens, 1, 1}))
      return invalid(*violation);
    *layout = static_cast<rdattn_ring_layout>(planner::chooseLayout(
        pattern.branches, tokens, size, pattern.options.causal));
    return std::nullopt;
  });
}

extern "C" rdattn_status rdattn_ring_sum(rdattn_ring *ring, int64_t value,
                                         const volatile int *stop,
                                         int64_t *total) {
  return guarded([&]() -> MaybeFailure {
    if (!ring)
      return invalid("ring is NULL, but must be a ring's handle");
    if (!total)
      return invalid("total is NULL, but must point to where the sum goes");
    std::vector<int64_t> values(ring->communicator->size);
    ring->communicator->stop = stop;
    MaybeFailure failure =
        ring->communicator->exchange(&value, sizeof(value), values.data());
    ring->communicator->stop = nullptr;
    if (failure)
      return failure;
    int64_t sum = 0;
    for (int64_t each : values)
      if (__builtin_add_overflow(sum, each, &sum))
        return invalid("the sum of what the ranks gave does not fit 64 bits");
    *total = sum;
    return std::nullopt;
  });
}
