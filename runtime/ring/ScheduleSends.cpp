//===- ScheduleSends.cpp - What a rank sends in a step --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"
#include "runtime/cuda/Launch.h"
#include "runtime/ring/Messages.h"
#include "runtime/ring/Packing.h"
#include "runtime/ring/Schedule.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

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

MaybeFailure rdattn_schedule::checkSent(const Sent &sent) const {
  auto check = [&](const char *name, const Memref4 &tensor) {
    return cuda::checkMemory(*device, name,
                             reinterpret_cast<cuda::Address>(tensor.aligned));
  };
  if (MaybeFailure failure = check("k", sent.k))
    return failure;
  return check("v", sent.v);
}

/// What else is sent may change in the midst of the call.
bool rdattn_schedule::mayBeLent(const Sent &sent) const {
  return sent.k.aligned == call.tensors.k && sent.v.aligned == call.tensors.v;
}

void rdattn_schedule::packOnHost(const Sent &sent, const Memref4 &k,
                                 const Memref4 &v) const {
  const int64_t bytes = rdattn::runtime::bytesOf(call.rows.dtype);
  const std::vector<planner::Transfer> &rows = sent.step.sends;
  packRows(rows, sent.k, bytes, static_cast<char *>(k.aligned));
  packRows(rows, sent.v, bytes, static_cast<char *>(v.aligned));
}

MaybeFailure rdattn_schedule::packOnDevice(const Sent &sent, const Memref4 &k,
                                           const Memref4 &v) const {
  if (sent.step.packs.empty())
    return std::nullopt;
  cuda::LaunchRequest request = {*sent.program, 0, {}, {}};
  request.tensors.k = &sent.k;
  request.tensors.v = &sent.v;
  request.tensors.packedK = &k;
  request.tensors.packedV = &v;
  request.tables = cuda::viewOf(sent.step.packs);
  return cuda::Launch(*device, call.cuda.stream)
      .pack(call, request, sent.step.packCopies);
}

/// The messages of what is sent of k and v, and memory for the step.
MaybeFailure rdattn_schedule::gather(const Sent &sent, StepMemory &memory,
                                     Messages &messages) const {
  const StepPlan &step = sent.step;
  std::optional<Memref4> sentK, sentV;
  if (maySendInPlace(step)) {
    sentK = rowsInPlace(step.sends, sent.k);
    sentV = rowsInPlace(step.sends, sent.v);
  }
  const bool inPlace = sentK && sentV;
  const int64_t packed = packedBytes(step, inPlace);
  const int64_t bytes = StepMemory::bytesOf(packed, bytesOf(step.receivedRows));
  if (MaybeFailure failure = memory.buffer.reserve(device, bytes, kStepRows))
    return failure;
  memory.divide(packed);
  const int64_t element = rdattn::runtime::bytesOf(call.rows.dtype);
  if (!inPlace && communicator().sharesMemory()) {
    messages = messagesOf(step.target, step.sends, step.sentRows, sent.k,
                          sent.v, element);
    return std::nullopt;
  }
  if (!inPlace) {
    sentK = rowsOfK(memory.sent(), step.sentRows);
    sentV = rowsOfV(memory.sent(), step.sentRows);
    if (!device)
      packOnHost(sent, *sentK, *sentV);
    else if (MaybeFailure failure = packOnDevice(sent, *sentK, *sentV))
      return failure;
  }
  messages = messagesOf(step.target, *sentK, *sentV, element);
  for (comm::Transfer &message : messages)
    message.mayBeLent = inPlace && mayBeLent(sent);
  return std::nullopt;
}

MaybeFailure rdattn_schedule::gatherOnDevice(const Sent &sent,
                                             StepMemory &memory,
                                             Messages &messages) const {
  if (!sent.program)
    return badModule("the module sends rows of GPU memory as if they were in "
                     "the host's: it has no kernel that packs them");
  cuda::ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  if (sent.step.sentRows > 0)
    if (MaybeFailure failure = checkSent(sent))
      return failure;
  return gather(sent, memory, messages);
}
