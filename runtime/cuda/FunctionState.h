//===- FunctionState.h - What a function keeps for its launches -*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_FUNCTIONSTATE_H
#define RDATTN_RUNTIME_CUDA_FUNCTIONSTATE_H

#include "runtime/cuda/DevicePlans.h"
#include "runtime/cuda/Program.h"
#include "runtime/cuda/TableView.h"

#include <list>

namespace rdattn::runtime::cuda {

/// The loaded kernels of a function and the copies of the plans that are
/// constants of its module. It lives as long as the module, so that the
/// addresses of its constants tell them apart. Thread-safe.
class FunctionState {
public:
  FunctionState() = default;
  ~FunctionState();
  FunctionState(const FunctionState &) = delete;
  FunctionState &operator=(const FunctionState &) = delete;

  /// The program on the device, made at first use.
  MaybeFailure findProgram(Device &device, const rdattn_cuda_program &program,
                           std::shared_ptr<Program> &found);

  /// The copy of tables that belong to no kept plan. Such as are not constants
  /// are copied for each launch, as they may say something else each time.
  MaybeFailure findPlan(Device &device, const TableView &tables,
                        std::shared_ptr<DevicePlan> &plan);

private:
  struct OpenProgram {
    Device *device;
    const rdattn_cuda_program *program;
    std::shared_ptr<Program> open;
  };
  struct ConstantPlan {
    TableView tables;
    DevicePlans copies;
  };
  OpenProgram *programOf(Device &device, const rdattn_cuda_program &program);
  DevicePlans *copiesOf(const TableView &tables);

  std::mutex mutex;
  std::vector<OpenProgram> programs;
  std::list<ConstantPlan> constants; ///< handed out: they never move
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_FUNCTIONSTATE_H
