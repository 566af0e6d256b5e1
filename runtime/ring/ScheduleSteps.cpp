//===- ScheduleSteps.cpp - The steps of a call on a ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Scratch.h"
#include "runtime/TensorChecks.h"
#include "runtime/ring/Messages.h"
#include "runtime/ring/Schedule.h"

#include "lib/Planner/Integers.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

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

/// The bytes of the largest step with an odd or with an even number. Growing in
/// the midst of a call could wait for what waits for this rank.
int64_t rdattn_schedule::largestStep(int parity) const {
  int64_t most = 0;
  for (size_t step = 2 - parity; step < plan->steps.size(); step += 2) {
    const StepPlan &what = plan->steps[step];
    const int64_t sent = packedBytes(what, maySendInPlace(what));
    most =
        std::max(most, StepMemory::bytesOf(sent, bytesOf(what.receivedRows)));
  }
  return most;
}

//===-- Sending -----------------------------------------------------------===//

void rdattn_schedule::post(int64_t step, const Memref4 &k, const Memref4 &v,
                           const rdattn_cuda_program *program) {
  const StepPlan *what = find(step);
  if (!what || step == 0) // its rows are here
    return;
  communicator().giveBack(step - 2); // whose memory this step takes
  StepMemory &memory = ring.memory[step % 2];
  comm::Step moves;
  const Sent sent = {*what, k, v, program};
  if (MaybeFailure failure = device ? gatherOnDevice(sent, memory, moves.sends)
                                    : gather(sent, memory, moves.sends))
    return call.fail(std::move(*failure));
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  moves.number = step;
  moves.receives =
      messagesOf(what->source, rowsOfK(memory.received(), what->receivedRows),
                 rowsOfV(memory.received(), what->receivedRows), bytes);
  moves.memory = communicator().sharesMemory() ? memory.borrow(moves.receives)
                                               : memory.buffer.share();
  moves.stream = call.cuda.stream;
  if (MaybeFailure failure = communicator().post(std::move(moves)))
    call.fail(std::move(*failure));
}

//===-- Receiving ---------------------------------------------------------===//

void rdattn_schedule::wait(int64_t step, Memref4 &k, Memref4 &v) {
  k = rowsOfK(nullptr, 0);
  v = rowsOfV(nullptr, 0);
  const StepPlan *what = find(step);
  if (!what || step == 0)
    return;
  if (MaybeFailure failure = communicator().wait(step, call.cuda.stream))
    return call.fail(std::move(*failure));
  const StepMemory &memory = ring.memory[step % 2];
  k = rowsOfK(memory.received(), what->receivedRows);
  v = rowsOfV(memory.received(), what->receivedRows);
  if (communicator().sharesMemory())
    memory.replaceBorrowed(rdattn::runtime::bytesOf(call.rows.dtype), k, v);
}
