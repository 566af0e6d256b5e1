//===- Launch.h - One launch of an attention --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_LAUNCH_H
#define RDATTN_RUNTIME_CUDA_LAUNCH_H

#include "runtime/Call.h"
#include "runtime/cuda/DevicePlan.h"
#include "runtime/cuda/Parameters.h"

namespace rdattn::runtime::cuda {

/// What compiled code asks for.
struct LaunchRequest {
  const rdattn_cuda_program &program;
  float scale;
  Tensors tensors;
  TableView tables;
  rdattn_cuda_report *report = nullptr; ///< wanted by the caller
  bool clearsSums = false; ///< of a ring's partial results, at first
  int64_t room = 0;        ///< multiprocessors that it leaves to others
};

/// A launch on its way to the device: found or made once per call, then put on
/// the stream. The step of a ring is one, too, of a kernel for each phase.
class Launch {
public:
  Launch(Device &device, void *stream) : device(device), stream(stream) {}

  MaybeFailure run(const Call &call, const LaunchRequest &request);

  /// What the items of the step that ran begin and are done with.
  planner::VisitedRows visitedRows(const LaunchRequest &request) const;

  /// The launch after a ring's last step. The request has no tables.
  MaybeFailure finish(const Call &call, const LaunchRequest &request);

  /// The launch that packs what a ring's step sends: the tensors are k, v, and
  /// where their rows go. `copies` are those of the request's tables.
  MaybeFailure pack(const Call &call, const LaunchRequest &request,
                    DevicePlans &copies);

private:
  /// Items that one kernel computes.
  struct Part {
    ItemRange items;
    std::shared_ptr<const Prepared> prepared = nullptr;
    const Kernel *kernel = nullptr;
  };

  MaybeFailure begin(const Call &call, const LaunchRequest &request);
  MaybeFailure find(const Call &call, const LaunchRequest &request);
  MaybeFailure findPlan(const Call &call, const LaunchRequest &request);
  MaybeFailure findKernels(const LaunchRequest &request);
  MaybeFailure checkUse(const LaunchRequest &request) const;
  MaybeFailure checkSizes(const Tensors &tensors) const;
  MaybeFailure checkLse(const Tensors &tensors) const;
  MaybeFailure findPack(const Tensors &tensors, const Kernel *&kernel);
  void split(const TableView &tables);
  const Kernel *taking(rdattn_kernel_role role) const;
  int64_t blocksOf(const Kernel &kernel, int64_t work, int64_t room) const;
  MaybeFailure describe(const LaunchRequest &request) const;
  MaybeFailure prepareWorkspace(const LaunchRequest &request,
                                ParameterValues &values);
  MaybeFailure clearSums(const Memref3 &sums);
  MaybeFailure enqueue(const LaunchRequest &request);
  MaybeFailure enqueueKernel(const Kernel &kernel, int64_t blocks,
                             const ParameterValues &values);
  MaybeFailure keepWithGraph();

  Device &device;
  LaunchStream stream;
  std::shared_ptr<Program> program;
  std::vector<Part> parts;
  const Kernel *last = nullptr; ///< merges, or finishes a ring
  std::shared_ptr<DevicePlan> plan;
  std::shared_ptr<Workspace> workspace;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_LAUNCH_H
