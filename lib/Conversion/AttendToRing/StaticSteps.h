//===- StaticSteps.h - How many steps a static ring has ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTORING_STATICSTEPS_H
#define RDATTN_CONVERSION_ATTENDTORING_STATICSTEPS_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// More steps than these stay a loop.
inline constexpr int64_t kMaxExplicitSteps = 64;

/// The steps of a plan on a ring whose size and tokens are static, step 0
/// counted; nothing where one of them is not, or the steps are too many. Where
/// batch or heads are dynamic the runtime may come to fewer: a step past its
/// last moves and computes nothing. An error where the pattern does not fit.
mlir::FailureOr<std::optional<int64_t>> countStaticSteps(RingPlanOp plan);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTORING_STATICSTEPS_H
