//===- ArgumentChecks.cpp - What a call says of its ring ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/ArgumentChecks.h"
#include "runtime/PlanSpecHandle.h"
#include "runtime/comm/Ring.h"

using namespace rdattn::runtime;

static MaybeFailure checkPlan(const rdattn_function &function,
                              const rdattn_arguments &arguments) {
  const bool isForRing = arguments.plan->plans.spec.ring.has_value();
  if (isForRing && !function.takesRing())
    return invalid("plan is for a ring, but the function runs on one device: "
                   "make the plan without a layout");
  if (!isForRing && function.takesRing())
    return invalid("plan is for one device, but the function runs on a ring: "
                   "make the plan with a layout");
  return std::nullopt;
}

/// That the ring moves what is in the memory of the call's tensors.
static MaybeFailure checkDevice(const rdattn_function &function,
                                const rdattn_arguments &arguments) {
  const int32_t device = arguments.ring->communicator->device();
  if (function.data->target != RDATTN_CUDA) {
    if (device < 0)
      return std::nullopt;
    return invalid("ring has its tensors on CUDA device ", device,
                   ", but the function was compiled for the CPU and needs a "
                   "ring of tensors in host memory");
  }
  if (device < 0)
    return invalid("ring has its tensors in host memory, but the function was "
                   "compiled for CUDA and needs a ring of GPUs");
  if (device != arguments.device)
    return invalid("ring has its tensors on CUDA device ", device,
                   ", but the call runs on device ", arguments.device);
  return std::nullopt;
}

static MaybeFailure checkRing(const rdattn_function &function,
                              const rdattn_arguments &arguments) {
  if (!function.takesRing())
    return invalid("ring was given, but the function was compiled for one "
                   "device");
  if (arguments.ring_tokens < 0)
    return invalid("ring_tokens is ", arguments.ring_tokens,
                   ", but must be the length of the whole sequence");
  return checkDevice(function, arguments);
}

MaybeFailure ring::checkArguments(const rdattn_function &function,
                                  const rdattn_arguments &arguments) {
  if (function.takesRing() && !arguments.ring)
    return invalid("ring is NULL, but the function runs on a ring and must be "
                   "given one");
  if (arguments.ring)
    if (MaybeFailure failure = checkRing(function, arguments))
      return failure;
  return arguments.plan ? checkPlan(function, arguments) : std::nullopt;
}
