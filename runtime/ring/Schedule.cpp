//===- Schedule.cpp - What one rank does in one call ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Schedule.h"
#include "runtime/Scratch.h"
#include "runtime/TensorChecks.h"
#include "runtime/cuda/Driver.h"
#include "runtime/cuda/Tensors.h"
#include "runtime/ring/Agreement.h"
#include "runtime/ring/DevicePacking.h"
#include "runtime/ring/Packing.h"
#include "runtime/ring/PartialResults.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

rdattn_schedule::rdattn_schedule(Call &call, rdattn_ring &ring,
                                 RankPlanPointer plan,
                                 const planner::Sizes &shard)
    : call(call), ring(ring), plan(std::move(plan)), shard(shard) {
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

cuda::DevicePlans *
rdattn_schedule::findCopies(const cuda::TableView &tables) const {
  for (const StepPlan &step : plan->steps)
    if (cuda::viewOf(step.tables) == tables)
      return &step.copies;
  return nullptr;
}

//===-- The beginning and the end -----------------------------------------===//

MaybeFailure rdattn_schedule::openStream() {
  cuda::LaunchStream stream(call.cuda.stream);
  if (MaybeFailure failure = stream.inspect(*device))
    return failure;
  if (stream.isCaptured())
    return invalid("stream is captured into a graph, but the calls of a ring "
                   "must run outside graphs");
  if (MaybeFailure failure = stream.checkContext(*device))
    return failure;
  return ring.lastCall.await(*device, call.cuda.stream);
}

MaybeFailure rdattn_schedule::open() {
  if (communicator().device() < 0)
    return reserve();
  if (MaybeFailure failure = cuda::findDevice(communicator().device(), device))
    return failure;
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (MaybeFailure failure = openStream())
    return failure;
  return reserve();
}

MaybeFailure rdattn_schedule::end() {
  if (!device)
    return std::nullopt;
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  return ring.lastCall.record(*device, call.cuda.stream);
}

/// Growing in the midst of a call could wait for what waits for this rank.
MaybeFailure rdattn_schedule::reserve() {
  int64_t most[2] = {};
  for (size_t step = 1; step < plan->steps.size(); ++step) {
    const StepPlan &what = plan->steps[step];
    int64_t &bytes = most[step % 2];
    bytes = std::max(bytes, StepMemory::bytesOf(bytesOf(what.sentRows),
                                                bytesOf(what.receivedRows)));
  }
  for (int i = 0; i < 2; ++i)
    if (MaybeFailure failure = ring.memory[i].buffer.reserve(
            device, most[i], "the rows that a ring's steps move"))
      return failure;
  return ring.partial.reserve(device,
                              PartialResults(shard, call.rows.valueDim).bytes(),
                              "the partial results of a ring's steps");
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

//===-- Steps -------------------------------------------------------------===//

MaybeFailure rdattn_schedule::packOnDevice(const StepPlan &step,
                                           const char *name,
                                           const Memref4 &tensor, char *to) {
  const auto address = reinterpret_cast<cuda::Address>(tensor.aligned);
  if (MaybeFailure failure = cuda::checkMemory(*device, name, address))
    return failure;
  return packRows(*device, call.cuda.stream, step.sends, tensor,
                  rdattn::runtime::bytesOf(call.rows.dtype), to);
}

MaybeFailure rdattn_schedule::pack(const StepPlan &step, const Memref4 &k,
                                   const Memref4 &v, char *to) {
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  char *values = to + startOfV(step.sentRows);
  if (!device) {
    packRows(step.sends, k, bytes, to);
    packRows(step.sends, v, bytes, values);
    return std::nullopt;
  }
  if (step.sends.empty())
    return std::nullopt;
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (MaybeFailure failure = packOnDevice(step, "k", k, to))
    return failure;
  return packOnDevice(step, "v", v, values);
}

void rdattn_schedule::post(int64_t step, const Memref4 &k, const Memref4 &v) {
  const StepPlan *what = find(step);
  if (!what || step == 0) // its rows are here
    return;
  const int64_t sent = bytesOf(what->sentRows);
  const int64_t received = bytesOf(what->receivedRows);
  StepMemory &memory = ring.memory[step % 2];
  memory.divide(sent);
  if (MaybeFailure failure = pack(*what, k, v, memory.sent()))
    return call.fail(std::move(*failure));
  comm::Step moves;
  moves.number = step;
  moves.sends = {{what->target, memory.sent(), static_cast<size_t>(sent)}};
  moves.receives = {
      {what->source, memory.received(), static_cast<size_t>(received)}};
  moves.memory = memory.buffer.share();
  moves.stream = call.cuda.stream;
  if (MaybeFailure failure = communicator().post(std::move(moves)))
    call.fail(std::move(*failure));
}

void rdattn_schedule::wait(int64_t step, Memref4 &k, Memref4 &v) {
  k = describe(nullptr, 0, call.rows.headDim);
  v = describe(nullptr, 0, call.rows.valueDim);
  const StepPlan *what = find(step);
  if (!what || step == 0)
    return;
  if (MaybeFailure failure = communicator().wait(step, call.cuda.stream))
    return call.fail(std::move(*failure));
  char *data = ring.memory[step % 2].received();
  k = describe(data, what->receivedRows, call.rows.headDim);
  v = describe(data + startOfV(what->receivedRows), what->receivedRows,
               call.rows.valueDim);
}

//===-- Planning ----------------------------------------------------------===//

void rdattn_schedule::describePartial(Memref4 &o, Memref3 &maxima,
                                      Memref3 &sums) const {
  if (!call.shouldStop())
    PartialResults(shard, call.rows.valueDim)
        .describe(ring.partial.data(), o, maxima, sums);
}

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
