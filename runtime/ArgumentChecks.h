//===- ArgumentChecks.h - Whether a call's arguments fit --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_ARGUMENTCHECKS_H
#define RDATTN_RUNTIME_ARGUMENTCHECKS_H

#include "runtime/Module.h"
#include "runtime/TensorChecks.h"

namespace rdattn::runtime {

/// The six sizes of one call.
struct Problem {
  planner::Sizes sizes;
  int64_t headDim = 0;
  int64_t valueDim = 0;

  /// No row to write.
  bool isEmpty() const {
    return sizes.batch == 0 || sizes.tokens == 0 || sizes.heads == 0;
  }
};

/// Everything that rdattn_run refuses but what the plan refuses.
MaybeFailure checkArguments(const rdattn_function &function,
                            const rdattn_arguments &arguments,
                            Problem &problem);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_ARGUMENTCHECKS_H
