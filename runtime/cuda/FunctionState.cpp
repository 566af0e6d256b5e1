//===- FunctionState.cpp - What a function keeps for its launches ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cuda/FunctionState.h"
#include "runtime/cuda/DevicePlan.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::cuda;

FunctionState::~FunctionState() {
  constants.clear();
  for (OpenProgram &program : programs) {
    Device &device = *program.device;
    program.open.reset();
    if (--device.programs == 0)
      device.workspaces.clear();
    ScopedContext context(device);
    if (context.isCurrent())
      device.collect();
  }
}

FunctionState::OpenProgram *
FunctionState::programOf(Device &device, const rdattn_cuda_program &program) {
  for (OpenProgram &candidate : programs)
    if (candidate.device == &device && candidate.program == &program)
      return &candidate;
  return nullptr;
}

MaybeFailure FunctionState::findProgram(Device &device,
                                        const rdattn_cuda_program &program,
                                        std::shared_ptr<Program> &found) {
  std::lock_guard<std::mutex> lock(mutex);
  if (OpenProgram *known = programOf(device, program)) {
    found = known->open;
    return std::nullopt;
  }
  if (MaybeFailure failure = Program::create(device, program, found))
    return failure;
  programs.push_back({&device, &program, found});
  ++device.programs;
  return std::nullopt;
}

DevicePlans *FunctionState::copiesOf(const TableView &tables) {
  std::lock_guard<std::mutex> lock(mutex);
  for (ConstantPlan &constant : constants)
    if (constant.tables == tables)
      return &constant.copies;
  if (!areConstant(tables))
    return nullptr;
  ConstantPlan &constant = constants.emplace_back();
  constant.tables = tables;
  return &constant.copies;
}

MaybeFailure FunctionState::findPlan(Device &device, const TableView &tables,
                                     std::shared_ptr<DevicePlan> &plan) {
  if (DevicePlans *copies = copiesOf(tables))
    return copies->find(device, tables, plan);
  return DevicePlan::upload(device, tables, plan);
}
