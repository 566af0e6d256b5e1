//===- Schedule.cpp - What one rank does in one call ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Schedule.h"
#include "runtime/cuda/Driver.h"
#include "runtime/cuda/TableView.h"
#include "runtime/ring/Agreement.h"
#include "runtime/ring/PartialResults.h"

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
  return ring::agree(communicator(),
                     *plan->statements.find(plan->agreement, call.rows));
}

int64_t rdattn_schedule::steps() const {
  return call.shouldStop() ? 1 : static_cast<int64_t>(plan->steps.size());
}

int64_t rdattn_schedule::rankOf(int64_t size) const {
  return call.shouldStop() ? size
                           : std::min<int64_t>(communicator().rank, size);
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

/// \pre Nothing is computed any more.
void rdattn_schedule::giveBackAll() {
  for (size_t step = 0; step < plan->steps.size(); ++step)
    communicator().giveBack(static_cast<int64_t>(step));
}

MaybeFailure rdattn_schedule::end() {
  if (!device) {
    giveBackAll();
    return communicator().synchronize();
  }
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  return ring.lastCall.record(*device, call.cuda.stream);
}

/// Others may wait for what they lent while this rank waits for what it did.
void rdattn_schedule::abort(const std::string &reason) {
  giveBackAll();
  communicator().abort(reason);
}

/// Where memory is short, the other ranks can still learn of it.
MaybeFailure rdattn_schedule::reserve() {
  for (int parity : {0, 1})
    if (MaybeFailure failure = ring.memory[parity].buffer.reserve(
            device, largestStep(parity), kStepRows))
      return failure;
  return ring.partial.reserve(device,
                              PartialResults(shard, call.rows.valueDim).bytes(),
                              "the partial results of a ring's steps");
}

void rdattn_schedule::describePartial(Memref4 &o, Memref3 &maxima,
                                      Memref3 &sums) const {
  if (!call.shouldStop())
    PartialResults(shard, call.rows.valueDim)
        .describe(ring.partial.data(), o, maxima, sums);
}

//===-- Rows that are begun and done --------------------------------------===//

bool rdattn_schedule::owns(const Memref3 &sums) const {
  Memref4 o;
  Memref3 maxima, own;
  PartialResults(shard, call.rows.valueDim)
      .describe(ring.partial.data(), o, maxima, own);
  return sums.aligned == own.aligned;
}

int64_t rdattn_schedule::queryRows() const {
  return shard.batch * shard.tokens * shard.heads;
}

bool rdattn_schedule::beginsAllRows(const cuda::TableView &tables) const {
  return findCopies(tables) && plan->visited.fresh == queryRows();
}

bool rdattn_schedule::wroteAllRows() const {
  return visited.last == queryRows();
}
