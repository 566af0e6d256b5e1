//===- ScheduleSteps.cpp - The steps of a call on a ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Scratch.h"
#include "runtime/TensorChecks.h"
#include "runtime/cuda/Tensors.h"
#include "runtime/ring/DevicePacking.h"
#include "runtime/ring/Messages.h"
#include "runtime/ring/Packing.h"
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

/// Whether the plan sends rows straight from tensors where those are dense.
bool rdattn_schedule::maySendInPlace(const StepPlan &step) const {
  const int64_t heads = shard.kvHeads;
  const Memref4 dense = {nullptr,
                         nullptr,
                         0,
                         {shard.batch, shard.tokens, heads, 1},
                         {shard.tokens * heads, heads, 1, 1}};
  return !communicator().touchesAfterFault() && // of the caller's tensors
         rowsInPlace(step.sends, dense);
}

/// Of what is sent, in this rank's memory: nothing where it lies in the tensors
/// as it should, or is packed into the receiver's.
int64_t rdattn_schedule::packedBytes(const StepPlan &step, bool inPlace) const {
  return inPlace || communicator().sharesMemory() ? 0 : bytesOf(step.sentRows);
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

MaybeFailure rdattn_schedule::checkSent(const Memref4 &k,
                                        const Memref4 &v) const {
  auto check = [&](const char *name, const Memref4 &tensor) {
    return cuda::checkMemory(*device, name,
                             reinterpret_cast<cuda::Address>(tensor.aligned));
  };
  if (MaybeFailure failure = check("k", k))
    return failure;
  return check("v", v);
}

/// What else is sent may change in the midst of the call.
bool rdattn_schedule::mayBeLent(const Memref4 &k, const Memref4 &v) const {
  return k.aligned == call.rows.k && v.aligned == call.rows.v;
}

MaybeFailure rdattn_schedule::pack(const StepPlan &step, const Memref4 &tensor,
                                   const Memref4 &to) const {
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  char *data = static_cast<char *>(to.aligned);
  if (device)
    return packRows(*device, call.cuda.stream, step.sends, tensor, bytes, data);
  packRows(step.sends, tensor, bytes, data);
  return std::nullopt;
}

/// The messages of what is sent of k and v, and memory for the step.
MaybeFailure rdattn_schedule::gather(const StepPlan &step, const Memref4 &k,
                                     const Memref4 &v, StepMemory &memory,
                                     Messages &messages) const {
  std::optional<Memref4> sentK, sentV;
  if (maySendInPlace(step)) {
    sentK = rowsInPlace(step.sends, k);
    sentV = rowsInPlace(step.sends, v);
  }
  const bool inPlace = sentK && sentV;
  const int64_t sent = packedBytes(step, inPlace);
  const int64_t bytes = StepMemory::bytesOf(sent, bytesOf(step.receivedRows));
  if (MaybeFailure failure = memory.buffer.reserve(device, bytes, kStepRows))
    return failure;
  memory.divide(sent);
  const int64_t element = rdattn::runtime::bytesOf(call.rows.dtype);
  if (!inPlace && communicator().sharesMemory()) {
    messages =
        messagesOf(step.target, step.sends, step.sentRows, k, v, element);
    return std::nullopt;
  }
  if (!inPlace) {
    sentK = rowsOfK(memory.sent(), step.sentRows);
    sentV = rowsOfV(memory.sent(), step.sentRows);
    if (MaybeFailure failure = pack(step, k, *sentK))
      return failure;
    if (MaybeFailure failure = pack(step, v, *sentV))
      return failure;
  }
  messages = messagesOf(step.target, *sentK, *sentV, element);
  for (comm::Transfer &message : messages)
    message.mayBeLent = inPlace && mayBeLent(k, v);
  return std::nullopt;
}

MaybeFailure rdattn_schedule::gatherOnDevice(const StepPlan &step,
                                             const Memref4 &k, const Memref4 &v,
                                             StepMemory &memory,
                                             Messages &messages) const {
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (step.sentRows > 0)
    if (MaybeFailure failure = checkSent(k, v))
      return failure;
  return gather(step, k, v, memory, messages);
}

void rdattn_schedule::post(int64_t step, const Memref4 &k, const Memref4 &v) {
  const StepPlan *what = find(step);
  if (!what || step == 0) // its rows are here
    return;
  communicator().giveBack(step - 2); // whose memory this step takes
  StepMemory &memory = ring.memory[step % 2];
  comm::Step moves;
  if (MaybeFailure failure =
          device ? gatherOnDevice(*what, k, v, memory, moves.sends)
                 : gather(*what, k, v, memory, moves.sends))
    return call.fail(std::move(*failure));
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  moves.number = step;
  moves.receives =
      messagesOf(what->source, rowsOfK(memory.received(), what->receivedRows),
                 rowsOfV(memory.received(), what->receivedRows), bytes);
  moves.memory = memory.borrow(moves.receives);
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
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  memory.replaceBorrowed(bytes, k, v);
}
