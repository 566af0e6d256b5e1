//===- ModuleCalls.cpp - What compiled code calls on GPUs -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tables.h"
#include "runtime/cuda/Driver.h"
#include "runtime/cuda/Launch.h"
#include "runtime/ring/Schedule.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

static const Memref4 *memref4(const void *descriptor) {
  return static_cast<const Memref4 *>(descriptor);
}
static const Memref3 *memref3(const void *descriptor) {
  return static_cast<const Memref3 *>(descriptor);
}

/// Makes and runs a launch on the call's device.
template <typename Body>
static MaybeFailure withLaunch(const Call &call, Body body) {
  Device *device = nullptr;
  if (MaybeFailure failure = findDevice(call.cuda.device, device))
    return failure;
  ScopedContext context(*device);
  if (MaybeFailure failure = context.failure())
    return failure;
  Launch launch(*device, call.cuda.stream);
  return body(launch);
}

/// What goes wrong is the call's failure. Compiled code has no unwind tables:
/// nothing may be thrown through it.
template <typename Body> static void inCall(void *opaque, Body body) noexcept {
  Call &call = Call::of(opaque);
  if (!call.cuda.function) {
    rdattn_fail(RDATTN_INVALID_ARGUMENT,
                "a CUDA function was called outside of rdattn_run, which alone "
                "knows its device and stream");
    return;
  }
  if (call.shouldStop())
    return;
  try {
    if (MaybeFailure failure = withLaunch(
            call, [&](Launch &launch) { return body(call, launch); }))
      call.fail(std::move(*failure));
  } catch (...) {
    call.failOutOfMemory();
  }
}

extern "C" void rdattn_cuda_launch(void *opaque,
                                   const rdattn_cuda_program *program,
                                   float scale, const void *q, const void *k,
                                   const void *v, const rdattn_table2 *items,
                                   const rdattn_table1 *rows,
                                   const rdattn_table1 *phases, const void *o,
                                   const void *lse) {
  if (areOfNoPlan(*phases))
    return;
  inCall(opaque, [&](Call &call, Launch &launch) -> MaybeFailure {
    LaunchRequest request = {*program, scale, {}, {}, call.cuda.report};
    request.tensors = {memref4(q), memref4(k), memref4(v), memref4(o),
                       memref3(lse)};
    if (MaybeFailure failure = viewTables(
            *items, *rows, *phases, planner::kWorkItemColumns, request.tables))
      return failure;
    return launch.run(call, request);
  });
}

extern "C" void rdattn_cuda_ring_launch(
    void *opaque, const rdattn_cuda_program *program, float scale,
    const void *q, const void *k, const void *v, const rdattn_table2 *items,
    const rdattn_table1 *lists, const rdattn_table1 *phases, const void *po,
    const void *pm, const void *ps, const void *o, const void *lse,
    int64_t initial, int64_t room) {
  if (areOfNoPlan(*phases))
    return;
  inCall(opaque, [&](Call &call, Launch &launch) -> MaybeFailure {
    LaunchRequest request = {*program, scale, {}, {}};
    request.tensors = {memref4(q),   memref4(k),  memref4(v),  memref4(o),
                       memref3(lse), memref4(po), memref3(pm), memref3(ps)};
    request.report = initial ? call.cuda.report : nullptr;
    request.room = room;
    if (MaybeFailure failure = viewTables(
            *items, *lists, *phases, planner::kRingItemColumns, request.tables))
      return failure;
    rdattn_schedule *schedule = call.findSchedule(*memref3(ps));
    request.clearsSums =
        initial && !(schedule && schedule->beginsAllRows(request.tables));
    if (MaybeFailure failure = launch.run(call, request))
      return failure;
    if (schedule)
      schedule->count(launch.visitedRows(request));
    return std::nullopt;
  });
}

extern "C" void rdattn_cuda_ring_finish(void *opaque,
                                        const rdattn_cuda_program *program,
                                        const void *po, const void *pm,
                                        const void *ps, const void *o,
                                        const void *lse) {
  inCall(opaque, [&](Call &call, Launch &launch) -> MaybeFailure {
    const rdattn_schedule *schedule = call.findSchedule(*memref3(ps));
    if (schedule && schedule->wroteAllRows())
      return std::nullopt;
    LaunchRequest request = {*program, 0, {}, {}};
    request.tensors = {nullptr,      nullptr,     nullptr,     memref4(o),
                       memref3(lse), memref4(po), memref3(pm), memref3(ps)};
    return launch.finish(call, request);
  });
}
