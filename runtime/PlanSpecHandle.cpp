//===- PlanSpecHandle.cpp - A pattern's spec behind the C ABI -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/PlanSpecHandle.h"
#include "runtime/cuda/Driver.h"

using namespace rdattn::runtime;
namespace planner = rdattn::planner;

extern "C" rdattn_status rdattn_plan_spec_create(const int64_t *words,
                                                 size_t count,
                                                 rdattn_plan_spec **spec) {
  return guarded([&]() -> MaybeFailure {
    if (!spec)
      return invalid("spec is NULL, but must point to where the spec goes");
    *spec = nullptr;
    if (!words)
      return invalid("words is NULL, but must point to the pattern's words");
    planner::PlanSpec parsed;
    if (planner::Violation violation =
            planner::deserialize(words, count, parsed))
      return invalid("words are not a plan spec: ", *violation);
    *spec = new rdattn_plan_spec(std::move(parsed));
    return std::nullopt;
  });
}

extern "C" void rdattn_plan_spec_destroy(rdattn_plan_spec *spec) {
  delete spec;
  rdattn::runtime::cuda::collectIdleDevices();
}
