//===- Planning.cpp - A call on a ring is planned -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Agreement.h"
#include "runtime/ring/Schedule.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

static planner::Violation findPlan(const rdattn_ring_call &ring,
                                   PlanCache &plans,
                                   const planner::Sizes &shard,
                                   RankPlanPointer &plan) {
  const comm::Communicator &communicator = *ring.ring->communicator;
  if (planner::Violation violation =
          planner::checkShard({communicator.size, *plans.spec.ring},
                              ring.tokens, communicator.rank, shard.tokens))
    return violation;
  RingShape shape = {shard, communicator.size};
  shape.sizes.tokens = ring.tokens;
  return plans.ranks.find(shape, communicator.rank, plan);
}

/// The call's failure, of which the other ranks learn, too.
static Failure refuseCall(const Call &call, comm::Communicator &communicator,
                          Failure failure) {
  communicator.stop = call.stop;
  refuse(communicator, failure.message);
  communicator.stop = nullptr;
  return failure;
}

MaybeFailure ring::planSchedule(Call &call, const rdattn_ring_call &ring,
                                PlanCache &plans, const planner::Sizes &shard,
                                rdattn_schedule *&schedule) {
  RankPlanPointer plan;
  if (planner::Violation violation = findPlan(ring, plans, shard, plan))
    return refuseCall(call, *ring.ring->communicator, invalid(*violation));
  auto planned = std::make_shared<rdattn_schedule>(call, *ring.ring,
                                                   std::move(plan), shard);
  if (MaybeFailure failure = planned->open())
    return refuseCall(call, *ring.ring->communicator, std::move(*failure));
  if (MaybeFailure failure = planned->agree())
    return failure;
  schedule = call.hold(std::move(planned));
  return std::nullopt;
}
