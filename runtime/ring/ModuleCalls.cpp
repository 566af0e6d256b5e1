//===- ModuleCalls.cpp - What compiled code calls on a ring ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tables.h"
#include "runtime/ring/Schedule.h"

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

static MaybeFailure planFor(Call &call, const rdattn_ring_call &ring,
                            const int64_t *words, int64_t count,
                            const planner::Sizes &shard,
                            rdattn_schedule *&schedule) {
  if (call.shouldStop())
    return call.failure();
  std::shared_ptr<PlanCache> cache;
  if (planner::Violation violation =
          call.specs.find(words, static_cast<size_t>(count), cache))
    return badModule("the module's plan is damaged: ", *violation);
  if (!cache->spec.ring)
    return badModule("the module's plan is damaged: it names no layout, but "
                     "its function runs on a ring");
  return ring::planSchedule(call, ring, *cache, shard, schedule);
}

/// What is static in the function's ring.
static MaybeFailure checkRing(const rdattn_ring_call &ring, int64_t size,
                              int64_t tokens) {
  const int64_t ranks = ring.ring->communicator->size;
  if (size >= 0 && size != ranks)
    return invalid("ring has ", ranks,
                   " ranks, but the function was compiled "
                   "for ",
                   size);
  if (tokens >= 0 && tokens != ring.tokens)
    return invalid("the ring holds ", ring.tokens,
                   " tokens, but the function "
                   "was compiled for ",
                   tokens);
  return std::nullopt;
}

/// Compiled code has no unwind tables: nothing may be thrown through it.
template <typename Body> static void guardedIn(Call &call, Body body) noexcept {
  try {
    body();
  } catch (...) {
    call.failOutOfMemory();
  }
}

extern "C" void rdattn_ring_check(void *opaque, const rdattn_ring_call *ring,
                                  int64_t size, int64_t tokens) {
  if (!opaque)
    return;
  Call &call = Call::of(opaque);
  guardedIn(call, [&] {
    MaybeFailure failure = checkRing(*ring, size, tokens);
    if (!failure)
      return;
    ring->ring->communicator->abort(failure->message);
    call.fail(std::move(*failure));
  });
}

extern "C" rdattn_schedule *
rdattn_ring_plan(void *opaque, const rdattn_ring_call *ring,
                 const int64_t *words, int64_t count, int64_t batch,
                 int64_t rows, int64_t heads, int64_t kvHeads) {
  if (!opaque) // nobody would learn of a failure, nor tell the other ranks
    return nullptr;
  Call &call = Call::of(opaque);
  rdattn_schedule *schedule = nullptr;
  guardedIn(call, [&] {
    if (MaybeFailure failure = planFor(call, *ring, words, count,
                                       {batch, rows, heads, kvHeads}, schedule))
      call.fail(std::move(*failure));
  });
  return schedule;
}

extern "C" int64_t rdattn_ring_steps(const rdattn_schedule *schedule) {
  return schedule ? schedule->steps() : 1;
}

extern "C" int64_t rdattn_schedule_rank(const rdattn_schedule *schedule,
                                        int64_t size) {
  return schedule ? schedule->rankOf(size) : size;
}

extern "C" void rdattn_ring_partial(rdattn_schedule *schedule, void *o,
                                    void *maxima, void *sums) {
  auto &rows = *static_cast<Memref4 *>(o);
  auto &most = *static_cast<Memref3 *>(maxima);
  auto &totals = *static_cast<Memref3 *>(sums);
  rows = {};
  most = totals = {};
  if (schedule)
    schedule->describePartial(rows, most, totals);
}

extern "C" void rdattn_ring_table(const rdattn_schedule *schedule, int64_t step,
                                  rdattn_table2 *items, rdattn_table1 *lists,
                                  rdattn_table1 *phases) {
  const ring::StepPlan *plan = schedule ? schedule->find(step) : nullptr;
  Tables tables = plan ? tablesOf(plan->tables) : emptyRingTables();
  *items = tables.items;
  *lists = tables.rows;
  *phases = tables.phases;
}

static void post(rdattn_schedule *schedule, int64_t step,
                 const rdattn_cuda_program *program, const void *k,
                 const void *v) {
  if (schedule)
    guardedIn(schedule->call, [&] {
      schedule->post(step, *static_cast<const Memref4 *>(k),
                     *static_cast<const Memref4 *>(v), program);
    });
}

extern "C" void rdattn_ring_post(rdattn_schedule *schedule, int64_t step,
                                 const void *k, const void *v) {
  post(schedule, step, nullptr, k, v);
}

extern "C" void rdattn_cuda_ring_post(rdattn_schedule *schedule, int64_t step,
                                      const rdattn_cuda_program *program,
                                      const void *k, const void *v) {
  post(schedule, step, program, k, v);
}

extern "C" void rdattn_ring_wait(rdattn_schedule *schedule, int64_t step,
                                 void *k, void *v) {
  auto &keys = *static_cast<Memref4 *>(k), &values = *static_cast<Memref4 *>(v);
  keys = values = {};
  if (schedule)
    guardedIn(schedule->call, [&] { schedule->wait(step, keys, values); });
}
