//===- PlanSpecHandle.h - A pattern's spec behind the C ABI -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_PLANSPECHANDLE_H
#define RDATTN_RUNTIME_PLANSPECHANDLE_H

#include "runtime/PlanCache.h"

/// Shared by any number of functions and threads.
struct rdattn_plan_spec {
  explicit rdattn_plan_spec(rdattn::planner::PlanSpec spec)
      : plans(std::move(spec)) {}
  mutable rdattn::runtime::PlanCache plans;
};

#endif // RDATTN_RUNTIME_PLANSPECHANDLE_H
