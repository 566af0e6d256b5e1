//===- Schedule.cpp - What one rank does in one call ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Schedule.h"
#include "runtime/Scratch.h"
#include "runtime/TensorChecks.h"
#include "runtime/ring/Agreement.h"
#include "runtime/ring/Messages.h"
#include "runtime/ring/Packing.h"

#include "lib/Planner/Integers.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

rdattn_schedule::rdattn_schedule(Call &call, rdattn_ring &ring,
                                 RankPlanPointer plan)
    : call(call), ring(ring), plan(std::move(plan)) {
  communicator().stop = call.stop;
}

rdattn_schedule::~rdattn_schedule() { communicator().stop = nullptr; }

MaybeFailure rdattn_schedule::agree() {
  planner::RingAgreement agreement = plan->agreement;
  auto add = [&](const char *name, std::string value) {
    agreement.fields.push_back({name, std::move(value)});
  };
  add("the dtype", nameOf(call.rows.dtype));
  add("D", std::to_string(call.rows.headDim));
  add("Dv", std::to_string(call.rows.valueDim));
  add("rdattn's version", RDATTN_VERSION);
  return ring::agree(communicator(), agreement);
}

int64_t rdattn_schedule::steps() const {
  return call.shouldStop() ? 1 : static_cast<int64_t>(plan->steps.size());
}

const StepPlan *rdattn_schedule::find(int64_t step) const {
  if (call.shouldStop() || step < 0 ||
      step >= static_cast<int64_t>(plan->steps.size()))
    return nullptr;
  return &plan->steps[step];
}

//===-- Memory ------------------------------------------------------------===//
//
// A step moves one piece of memory: its rows of k, and from a line of the cache
// on those of v.

int64_t rdattn_schedule::bytesOf(int64_t rows, int64_t columns) const {
  return planner::saturate(planner::Wide(plan->batch) * rows * columns *
                           rdattn::runtime::bytesOf(call.rows.dtype));
}

int64_t rdattn_schedule::startOfV(int64_t rows) const {
  return alignScratch(bytesOf(rows, call.rows.headDim));
}

int64_t rdattn_schedule::bytesOf(int64_t rows) const {
  return planner::saturate(planner::Wide(startOfV(rows)) +
                           bytesOf(rows, call.rows.valueDim));
}

Memref4 rdattn_schedule::describe(char *data, int64_t rows,
                                  int64_t columns) const {
  return {data,
          data,
          0,
          {plan->batch, rows, 1, columns},
          {rows * columns, columns, columns, 1}};
}

Memref4 rdattn_schedule::rowsOfK(char *memory, int64_t rows) const {
  return describe(memory, rows, call.rows.headDim);
}

Memref4 rdattn_schedule::rowsOfV(char *memory, int64_t rows) const {
  return describe(memory + startOfV(rows), rows, call.rows.valueDim);
}

static char *dataOf(const Memref4 &rows) {
  return static_cast<char *>(rows.aligned);
}

//===-- Steps -------------------------------------------------------------===//

void rdattn_schedule::post(int64_t step, const Memref4 &k, const Memref4 &v) {
  const StepPlan *what = find(step);
  if (!what || step == 0) // its rows are here
    return;
  std::optional<Memref4> sentK, sentV;
  if (!communicator().touchesAfterFault()) { // the caller's tensors
    sentK = rowsInPlace(what->sends, k);
    sentV = rowsInPlace(what->sends, v);
  }
  const bool inPlace = sentK && sentV;
  StepMemory &memory = ring.memory[step % 2];
  if (!memory.reserve(inPlace ? 0 : bytesOf(what->sentRows),
                      bytesOf(what->receivedRows)))
    return call.failOutOfMemory();
  const int64_t elementBytes = rdattn::runtime::bytesOf(call.rows.dtype);
  if (!inPlace) {
    sentK = rowsOfK(memory.sent(), what->sentRows);
    sentV = rowsOfV(memory.sent(), what->sentRows);
    packRows(what->sends, k, elementBytes, dataOf(*sentK));
    packRows(what->sends, v, elementBytes, dataOf(*sentV));
  }
  comm::Step moves;
  moves.number = step;
  moves.sends = messagesOf(what->target, *sentK, *sentV, elementBytes);
  moves.receives =
      messagesOf(what->source, rowsOfK(memory.received(), what->receivedRows),
                 rowsOfV(memory.received(), what->receivedRows), elementBytes);
  moves.memory = memory.share();
  if (MaybeFailure failure = communicator().post(std::move(moves)))
    call.fail(std::move(*failure));
}

void rdattn_schedule::wait(int64_t step, Memref4 &k, Memref4 &v) {
  k = rowsOfK(nullptr, 0);
  v = rowsOfV(nullptr, 0);
  const StepPlan *what = find(step);
  if (!what || step == 0)
    return;
  if (MaybeFailure failure = communicator().wait(step))
    return call.fail(std::move(*failure));
  char *data = ring.memory[step % 2].received();
  k = rowsOfK(data, what->receivedRows);
  v = rowsOfV(data, what->receivedRows);
}

//===-- Planning ----------------------------------------------------------===//

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
                          const std::string &why) {
  communicator.stop = call.stop;
  refuse(communicator, why);
  communicator.stop = nullptr;
  return invalid(why);
}

MaybeFailure ring::planSchedule(Call &call, const rdattn_ring_call &ring,
                                PlanCache &plans, const planner::Sizes &shard,
                                rdattn_schedule *&schedule) {
  RankPlanPointer plan;
  if (planner::Violation violation = findPlan(ring, plans, shard, plan))
    return refuseCall(call, *ring.ring->communicator, *violation);
  auto planned =
      std::make_shared<rdattn_schedule>(call, *ring.ring, std::move(plan));
  if (MaybeFailure failure = planned->agree())
    return failure;
  schedule = call.hold(std::move(planned));
  return std::nullopt;
}
