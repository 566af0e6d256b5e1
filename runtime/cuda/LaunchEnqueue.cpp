//===- LaunchEnqueue.cpp - A launch is put on its stream ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorChecks.h"
#include "runtime/cuda/Launch.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

MaybeFailure Launch::prepareWorkspace(const LaunchRequest &request,
                                      ParameterValues &values) {
  if (!workspace->isStreamKnown)
    if (MaybeFailure failure = stream.checkContext(device))
      return failure;
  workspace->isStreamKnown = true;
  if (taking(RDATTN_KERNEL_ROLE_COUNTER)) {
    if (MaybeFailure failure = workspace->prepareCounter(device, stream))
      return failure;
    values.counter = workspace->counterTable();
  }
  if (taking(RDATTN_KERNEL_ROLE_PARTIALS) ||
      taking(RDATTN_KERNEL_ROLE_STATISTICS)) {
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

/// Of a ring's partial results, before the first step adds to them.
MaybeFailure Launch::clearSums(const Memref3 &sums) {
  const int64_t rows = sums.sizes[0] * sums.sizes[1] * sums.sizes[2];
  if (rows == 0)
    return std::nullopt;
  return stream.fill(device, reinterpret_cast<Address>(sums.aligned), 0, rows);
}

/// Blocks for so much work, each of which takes one piece at a time.
int64_t Launch::blocksOf(const Kernel &kernel, int64_t work,
                         int64_t room) const {
  const int64_t most = std::max<int64_t>(1, device.multiprocessors - room);
  return std::min(work, most * kernel.blocks);
}

MaybeFailure Launch::enqueueKernel(const Kernel &kernel, int64_t blocks,
                                   const ParameterValues &values) {
  if (blocks == 0)
    return std::nullopt;
  Parameters parameters(kernel, values);
  Result result = device.api().launch(
      kernel.function, static_cast<unsigned>(blocks), 1, 1, kernel.threads, 1,
      1, kernel.sharedBytes, stream.handle, parameters.begin(), nullptr);
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
  values.rows = &plan->rows;
  values.phases = &plan->phases;
  if (MaybeFailure failure = prepareWorkspace(request, values))
    return failure;
  if (stream.isCaptured())
    if (MaybeFailure failure = keepWithGraph())
      return failure;
  if (request.clearsSums)
    if (MaybeFailure failure = clearSums(*request.tensors.sums))
      return failure;
  for (const Part &part : parts) {
    const rdattn_table2 items = plan->itemsIn(part.items);
    values.items = &items;
    values.maps = &part.prepared->maps;
    if (MaybeFailure failure = enqueueKernel(
            *part.kernel,
            blocksOf(*part.kernel, part.items.count, request.room), values))
      return failure;
  }
  if (!last)
    return std::nullopt;
  const int64_t *q = request.tensors.q->sizes;
  // Each block merges one row at least.
  return enqueueKernel(*last, blocksOf(*last, q[0] * q[1] * q[2], 0), values);
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
