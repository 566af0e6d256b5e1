//===- Launch.cpp - One launch of an attention ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/Launch.h"
#include "runtime/TensorChecks.h"
#include "runtime/cuda/FunctionState.h"
#include "runtime/cuda/Report.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

/// The kernels were compiled for these sizes, and check none of them.
MaybeFailure Launch::checkSizes(const LaunchRequest &request) const {
  const int64_t headDim = request.tensors.q->sizes[3];
  const int64_t valueDim = request.tensors.v->sizes[3];
  if (headDim != program->headDim)
    return invalid("q has head dimension ", headDim,
                   ", but the kernels were compiled for ", program->headDim);
  if (valueDim != program->valueDim)
    return invalid("v has head dimension ", valueDim,
                   ", but the kernels were compiled for ", program->valueDim);
  return std::nullopt;
}

MaybeFailure Launch::checkLse(const Tensors &tensors) const {
  for (const Kernel *kernel : {attention, merge})
    if (!tensors.lse && kernel && kernel->takes(RDATTN_KERNEL_ROLE_LSE))
      return badModule("kernel '", kernel->name,
                       "' writes lse, but the module gives it none");
  return std::nullopt;
}

/// The copy of the tables, made where there is none.
MaybeFailure Launch::findPlan(const Call &call, const LaunchRequest &request) {
  if (PlanPointer held = call.findHeld(request.tables))
    return held->copies.find(device, request.tables, plan);
  return call.cuda.function->findPlan(device, request.tables, plan);
}

/// The kernels that serve the tensors, loaded at first use.
MaybeFailure Launch::findKernels(const LaunchRequest &request) {
  LaunchKey key(request.tensors, program->dtype, program->queries,
                program->keys, program->kinds, program->mappers);
  if (MaybeFailure failure = plan->prepare(key, request.tables, prepared))
    return failure;
  if (MaybeFailure failure = program->findKernel(prepared->kind, attention))
    return failure;
  if (program->kinds >> RDATTN_KERNEL_MERGE & 1)
    return program->findKernel(RDATTN_KERNEL_MERGE, merge);
  return std::nullopt;
}

/// All that is kept between calls.
MaybeFailure Launch::find(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure =
          call.cuda.function->findProgram(device, request.program, program))
    return failure;
  if (MaybeFailure failure = checkSizes(request))
    return failure;
  if (MaybeFailure failure = findPlan(call, request))
    return failure;
  return findKernels(request);
}

bool Launch::takes(rdattn_kernel_role role) const {
  return attention->takes(role) || (merge && merge->takes(role));
}

MaybeFailure Launch::prepareWorkspace(const LaunchRequest &request,
                                      ParameterValues &values) {
  if (!workspace->isStreamKnown)
    if (MaybeFailure failure = stream.checkContext(device))
      return failure;
  workspace->isStreamKnown = true;
  if (takes(RDATTN_KERNEL_ROLE_COUNTER)) {
    if (MaybeFailure failure = workspace->prepareCounter(device, stream))
      return failure;
    values.counter = workspace->counterTable();
  }
  if (takes(RDATTN_KERNEL_ROLE_PARTIALS) ||
      takes(RDATTN_KERNEL_ROLE_STATISTICS)) {
    const int64_t *q = request.tensors.q->sizes;
    const PartialShape shape = {
        request.tables.branches(),
        q[0],
        q[1],
        q[2],
        program->valueDim,
        bytesOf(static_cast<rdattn_dtype>(program->dtype))};
    if (MaybeFailure failure =
            workspace->preparePartials(device, stream, shape))
      return failure;
    values.partials = {workspace->partials(),
                       {shape.branches, q[0], q[1], q[2], shape.valueDim}};
    values.statistics = {workspace->statistics(),
                         {2, shape.branches, q[0], q[2], q[1]}};
  }
  return std::nullopt;
}

MaybeFailure Launch::enqueueKernel(const Kernel &kernel, int64_t blocks,
                                   const ParameterValues &values) {
  Parameters parameters(kernel, values);
  Result result = device.api().launch(
      kernel.function, static_cast<unsigned>(std::min(blocks, kernel.blocks)),
      1, 1, kernel.threads, 1, 1, kernel.sharedBytes, stream.handle,
      parameters.begin(), nullptr);
  if (result != Success)
    return device.failure(result,
                          sentence("launch kernel '", kernel.name, "'"));
  return std::nullopt;
}

/// The attention, and where there are partial results their merge. Another
/// thread's launch on the stream must not come between them.
MaybeFailure Launch::enqueue(const LaunchRequest &request) {
  std::lock_guard<std::mutex> lock(workspace->mutex);
  ParameterValues values;
  values.tensors = request.tensors;
  values.scale = request.scale;
  values.items = &plan->items;
  values.rows = &plan->rows;
  values.phases = &plan->phases;
  values.maps = &prepared->maps;
  if (MaybeFailure failure = prepareWorkspace(request, values))
    return failure;
  if (stream.isCaptured())
    if (MaybeFailure failure = keepWithGraph())
      return failure;
  if (const int64_t items = request.tables.itemCount())
    if (MaybeFailure failure = enqueueKernel(*attention, items, values))
      return failure;
  if (!merge)
    return std::nullopt;
  const int64_t *q = request.tensors.q->sizes;
  // Each block merges one row at least.
  return enqueueKernel(*merge, q[0] * q[1] * q[2], values);
}

/// What a captured launch uses lives as long as its graph.
MaybeFailure Launch::keepWithGraph() {
  struct Kept {
    std::shared_ptr<Program> program;
    std::shared_ptr<DevicePlan> plan;
    std::shared_ptr<Workspace> workspace;
  };
  auto kept = std::make_unique<Kept>(Kept{program, plan, workspace});
  return stream.retain(device, kept.release(),
                       [](void *data) { delete static_cast<Kept *>(data); });
}

MaybeFailure Launch::run(const Call &call, const LaunchRequest &request) {
  if (MaybeFailure failure = stream.inspect(device))
    return failure;
  if (!stream.isCaptured() && device.retired.areMany())
    device.collect();
  if (MaybeFailure failure = find(call, request))
    return failure;
  if (MaybeFailure failure = checkLse(request.tensors))
    return failure;
  // A replay may run beside an eager launch, and beside another graph's.
  workspace = stream.isCaptured() ? std::make_shared<Workspace>()
                                  : device.workspaces.find(stream.id);
  if (rdattn_cuda_report *report = call.cuda.report)
    if (MaybeFailure failure = describeLaunch(
            device, *program, *attention, request.tables.itemCount(), *report))
      return failure;
  return enqueue(request);
}
