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
};

/// A launch on its way to the device: found or made once per call, then put on
/// the stream.
class Launch {
public:
  Launch(Device &device, void *stream) : device(device), stream(stream) {}

  MaybeFailure run(const Call &call, const LaunchRequest &request);

private:
  MaybeFailure find(const Call &call, const LaunchRequest &request);
  MaybeFailure findPlan(const Call &call, const LaunchRequest &request);
  MaybeFailure findKernels(const LaunchRequest &request);
  MaybeFailure checkSizes(const LaunchRequest &request) const;
  MaybeFailure checkLse(const Tensors &tensors) const;
  MaybeFailure prepareWorkspace(const LaunchRequest &request,
                                ParameterValues &values);
  MaybeFailure enqueue(const LaunchRequest &request);
  MaybeFailure enqueueKernel(const Kernel &kernel, int64_t blocks,
                             const ParameterValues &values);
  MaybeFailure keepWithGraph();
  bool takes(rdattn_kernel_role role) const;

  Device &device;
  LaunchStream stream;
  std::shared_ptr<Program> program;
  const Kernel *attention = nullptr, *merge = nullptr; ///< of the program
  std::shared_ptr<DevicePlan> plan;
  std::shared_ptr<const Prepared> prepared;
  std::shared_ptr<Workspace> workspace;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_LAUNCH_H
