//===- Run.cpp - Runs a function on the caller's tensors ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ArgumentChecks.h"
#include "runtime/Call.h"
#include "runtime/PlanSpecHandle.h"
#include "runtime/Tables.h"
#include "runtime/cpu/Threads.h"
#include "runtime/cuda/Driver.h"
#include "runtime/ring/Schedule.h"

#include <cmath>

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

namespace {
/// A memref descriptor of up to four dimensions: the strides follow the sizes
/// that there are.
struct Memref {
  explicit Memref(const rdattn_tensor *tensor) {
    if (!tensor)
      return;
    allocated = aligned = tensor->data;
    int64_t *next = sizesAndStrides;
    for (int d = 0; d < tensor->rank; ++d)
      *next++ = tensor->sizes[d];
    for (int d = 0; d < tensor->rank; ++d)
      *next++ = tensor->strides[d];
    // Of a dimension of size 1 any stride was accepted; code counts on 1.
    next[-1] = 1;
  }

  void *allocated = nullptr, *aligned = nullptr;
  int64_t offset = 0;
  int64_t sizesAndStrides[8] = {};
};

/// What the entry's pointers point to.
struct EntryArguments {
  Memref q, k, v, o, lse;
  float scale;
  Tables tables;
  rdattn_ring_call ring;
  rdattn_schedule *schedule;

  void *find(char role) {
    switch (role) {
    case RDATTN_ROLE_Q:
      return &q;
    case RDATTN_ROLE_K:
      return &k;
    case RDATTN_ROLE_V:
      return &v;
    case RDATTN_ROLE_SCALE:
      return &scale;
    case RDATTN_ROLE_ITEMS:
      return &tables.items;
    case RDATTN_ROLE_ROWS:
      return &tables.rows;
    case RDATTN_ROLE_PHASES:
      return &tables.phases;
    case RDATTN_ROLE_RING:
      return &ring;
    case RDATTN_ROLE_SCHEDULE:
      return schedule;
    case RDATTN_ROLE_O:
      return &o;
    default: // the module's check knows no other role
      return &lse;
    }
  }
};
} // namespace

static MaybeFailure callEntry(const rdattn_function_data &code,
                              EntryArguments &values, Call &call,
                              int32_t threads) {
  constexpr size_t kMostRoles = 11;
  void *pointers[kMostRoles] = {};
  for (size_t i = 0; code.roles[i]; ++i)
    pointers[i] = values.find(code.roles[i]);
  {
    CurrentCall current(&call);
    ThreadCount count(threads);
    code.entry(pointers);
  }
  return call.failure();
}

/// Makes what the call needs from its plan.
static MaybeFailure applyPlan(const rdattn_function &function,
                              const rdattn_plan_spec &spec,
                              const planner::Sizes &sizes,
                              EntryArguments &values, Call &call) {
  if (function.takesRing())
    return ring::planSchedule(call, values.ring, spec.plans, sizes,
                              values.schedule);
  PlanPointer plan;
  if (planner::Violation violation = spec.plans.find(sizes, plan))
    return Failure{RDATTN_INVALID_ARGUMENT, std::move(*violation)};
  values.tables = tablesOf(plan->tables);
  call.hold(std::move(plan));
  return std::nullopt;
}

static MaybeFailure runCode(const rdattn_function &function,
                            const rdattn_function_data &code,
                            const rdattn_arguments &arguments,
                            const Problem &problem) {
  float scale =
      arguments.scale
          ? *arguments.scale
          : static_cast<float>(1 / std::sqrt(double(problem.headDim)));
  EntryArguments values = {Memref(arguments.q),
                           Memref(arguments.k),
                           Memref(arguments.v),
                           Memref(arguments.o),
                           Memref(arguments.lse),
                           scale,
                           emptyTables(),
                           {arguments.ring, arguments.ring_tokens},
                           nullptr};
  Call call(
      arguments.stop, function.specs,
      {&function.cuda, arguments.device, arguments.stream, arguments.report},
      {static_cast<rdattn_dtype>(code.dtype), problem.headDim,
       problem.valueDim},
      {arguments.k->data, arguments.v->data});
  if (call.shouldStop())
    return call.failure();
  MaybeFailure failure;
  if (arguments.plan)
    failure = applyPlan(function, *arguments.plan, problem.sizes, values, call);
  if (!failure)
    failure = callEntry(code, values, call, arguments.threads);
  if (!failure)
    failure = call.endRings();
  if (failure)
    call.abortRings(failure->message);
  return failure;
}

/// The best code that the device and its driver take.
static MaybeFailure runBest(const rdattn_function &function,
                            const rdattn_arguments &arguments,
                            const Problem &problem) {
  cuda::Device *device = nullptr;
  if (MaybeFailure failure = cuda::findDevice(arguments.device, device))
    return failure;
  const rdattn_function_data *code = nullptr;
  if (MaybeFailure failure = function.alternatives->find(*device, code))
    return failure;
  MaybeFailure refusal; // of the best
  for (;;) {
    MaybeFailure failure = runCode(function, *code, arguments, problem);
    if (!failure || failure->status != RDATTN_UNSUPPORTED_DEVICE)
      return failure;
    if (!refusal)
      refusal = std::move(failure);
    if (MaybeFailure failure =
            function.alternatives->replace(*device, *code, code))
      return failure;
    if (!code || function.takesRing()) // it has failed: the next one does it
      return refusal;
  }
}

static MaybeFailure run(const rdattn_function *function,
                        const rdattn_arguments *arguments) {
  if (!function)
    return invalid("function is NULL, but must be a module's function");
  if (!arguments)
    return invalid("arguments is NULL, but must point to the call's arguments");
  Problem problem;
  if (MaybeFailure failure = checkArguments(*function, *arguments, problem))
    return failure;
  // On a ring the others wait for this rank, with or without rows.
  if (problem.isEmpty() && !function->takesRing())
    return std::nullopt;
  if (function->alternatives)
    return runBest(*function, *arguments, problem);
  return runCode(*function, *function->data, *arguments, problem);
}

extern "C" rdattn_status rdattn_run(const rdattn_function *function,
                                    const rdattn_arguments *arguments) {
  return guarded([&] { return run(function, arguments); });
}
