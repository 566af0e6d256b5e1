//===- Time.h - Times runs --------------------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_TIME_H
#define RDATTN_TOOLS_RUN_TIME_H

#include "tools/rdattn-run/Call.h"
#include "tools/rdattn-run/Cost.h"

namespace rdattn::run {

/// Runs the call `runs` times. On a GPU a run is as many launches, back to back
/// with one wait behind them, as last long enough for the wait not to count.
llvm::Expected<Timing> timeCall(const Call &call, int runs);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_TIME_H
