//===- Launch.cpp - What a launch of an attention needs -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Launch.h"
#include "runtime/cuda/FunctionState.h"
#include "runtime/cuda/Report.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;
namespace planner = rdattn::planner;

//===-- Checks ------------------------------------------------------------===//

/// The kernels were compiled for these sizes, and check none of them.
MaybeFailure Launch::checkSizes(const Tensors &tensors) const {
  struct Size {
    const char *name;
    const Memref4 *tensor;
    int64_t compiled;
  };
  for (const Size &size : {Size{"q", tensors.q, program->headDim},
                           Size{"k", tensors.k, program->headDim},
                           Size{"v", tensors.v, program->valueDim},
                           Size{"o", tensors.o, program->valueDim}})
    if (size.tensor && size.tensor->sizes[3] != size.compiled)
      return invalid(size.name, " has head dimension ", size.tensor->sizes[3],
                     ", but the kernels were compiled for ", size.compiled);
  return std::nullopt;
}

MaybeFailure Launch::checkLse(const Tensors &tensors) const {
  const Kernel *writer = taking(RDATTN_KERNEL_ROLE_LSE);
  if (writer && !tensors.lse)
    return badModule("kernel '", writer->name,
                     "' writes lse, but the module gives it none");
  return std::nullopt;
}

/// A ring's kernels read other tables, and write partial results.
MaybeFailure Launch::checkUse(const LaunchRequest &request) const {
  const bool isRing = request.tables.areOfRing();
  if (!program->computes() ||
      isRing != (program->epilogue == RDATTN_EPILOGUE_RING))
    return badModule("the module launches ",
                     isRing ? "a step of a ring" : "an attention",
                     " with kernels that were compiled for something else");
  return std::nullopt;
}

//===-- What is kept between calls ----------------------------------------===//

/// The copy of the tables, made where there is none.
MaybeFailure Launch::findPlan(const Call &call, const LaunchRequest &request) {
  if (DevicePlans *copies = call.findCopies(request.tables))
    return copies->find(device, request.tables, plan);
  return call.cuda.function->findPlan(device, request.tables, plan);
}

/// On one device the kernel walks through the phases; on a ring each phase adds
/// to what those before it left, so that they follow each other.
void Launch::split(const TableView &tables) {
  if (!tables.areOfRing())
    return parts.push_back({{0, tables.itemCount()}});
  for (int64_t phase = 0; phase < tables.branches(); ++phase) {
    const int64_t first = tables.phases.data[phase];
    const int64_t count = tables.phases.data[phase + 1] - first;
    if (count > 0)
      parts.push_back({{first, count}});
  }
}

/// The kernels that serve the tensors, loaded at first use.
MaybeFailure Launch::findKernels(const LaunchRequest &request) {
  split(request.tables);
  for (Part &part : parts) {
    const LaunchKey key(request.tensors, *program, part.items);
    if (MaybeFailure failure =
            plan->prepare(key, request.tables, part.prepared))
      return failure;
    if (MaybeFailure failure =
            program->findKernel(part.prepared->kind, part.kernel))
      return failure;
  }
  if (program->has(RDATTN_KERNEL_MERGE))
    return program->findKernel(RDATTN_KERNEL_MERGE, last);
  return std::nullopt;
}

MaybeFailure Launch::find(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure = checkUse(request))
    return failure;
  if (MaybeFailure failure = findPlan(call, request))
    return failure;
  if (MaybeFailure failure = findKernels(request))
    return failure;
  return checkLse(request.tensors);
}

const Kernel *Launch::taking(rdattn_kernel_role role) const {
  for (const Part &part : parts)
    if (part.kernel->takes(role))
      return part.kernel;
  return last && last->takes(role) ? last : nullptr;
}

//===-- Running -----------------------------------------------------------===//

MaybeFailure Launch::begin(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure = stream.inspect(device))
    return failure;
  if (!stream.isCaptured() && device.retired.areMany())
    device.collect();
  if (MaybeFailure failure =
          call.cuda.function->findProgram(device, request.program, program))
    return failure;
  return checkSizes(request.tensors);
}

MaybeFailure Launch::describe(const LaunchRequest &request) const {
  if (!request.report || parts.empty())
    return std::nullopt;
  const Part &part = parts.front();
  return describeLaunch(device, *program, *part.kernel,
                        blocksOf(*part.kernel, part.items.count, request.room),
                        *request.report);
}

/// A step of a ring in which this rank computes nothing. What follows a launch
/// on one device runs without items, too.
static bool isIdle(const LaunchRequest &request) {
  return request.tables.areOfRing() && request.tables.itemCount() == 0 &&
         !request.clearsSums;
}

MaybeFailure Launch::run(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure = begin(call, request))
    return failure;
  if (isIdle(request))
    return checkUse(request);
  if (MaybeFailure failure = find(call, request))
    return failure;
  // A replay may run beside an eager launch, and beside another graph's.
  workspace = stream.isCaptured() ? std::make_shared<Workspace>()
                                  : device.workspaces.find(stream.id);
  if (MaybeFailure failure = describe(request))
    return failure;
  return enqueue(request);
}

planner::VisitedRows Launch::visitedRows(const LaunchRequest &request) const {
  return plan ? plan->visitedRows(request.tables, program->queries)
              : planner::VisitedRows(); // nothing ran
}

MaybeFailure Launch::finish(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure = begin(call, request))
    return failure;
  if (!program->has(RDATTN_KERNEL_FINISH))
    return badModule("the module finishes a ring's results with kernels that "
                     "were compiled for something else");
  if (MaybeFailure failure =
          checkMemory(device, LaunchKey(request.tensors, *program, {})))
    return failure;
  if (MaybeFailure failure = program->findKernel(RDATTN_KERNEL_FINISH, last))
    return failure;
  if (MaybeFailure failure = checkLse(request.tensors))
    return failure;
  ParameterValues values;
  values.tensors = request.tensors;
  const int64_t *o = request.tensors.o->sizes;
  return enqueueKernel(*last, blocksOf(*last, o[0] * o[1] * o[2], 0), values);
}
