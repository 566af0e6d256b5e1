//===- Answers.h - Questions that are answered by JSON ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_ANSWERS_H
#define RDATTN_CAPI_ANSWERS_H

#include "lib/Planner/ClassGroup.h"

#include "rdattn/runtime.h"

#include "llvm/Support/JSON.h"

namespace rdattn::capi {

/// Keeps `value` as text until the thread's next call.
const char *keep(llvm::json::Value value);

/// The classes of a pattern that reaches S.
rdattn_status expand(const planner::Pattern &pattern, int64_t tokens,
                     std::vector<planner::BranchClasses> &branches);

} // namespace rdattn::capi

#endif // RDATTN_CAPI_ANSWERS_H
