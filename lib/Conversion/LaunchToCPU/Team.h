//===- Team.h - What a team of threads does together ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_TEAM_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_TEAM_H

#include "lib/Conversion/LaunchToCPU/Kernel.h"
#include "lib/Conversion/LaunchToCPU/RuntimeCalls.h"

namespace rdattn::cpu {

using RowBody = llvm::function_ref<void(Value batch, Value token, Value head)>;

/// omp.parallel { body }
void parallel(Emitter &b, llvm::function_ref<void()> body);

/// for (i = begin; i < end; ++i), shared by the threads around it, which then
/// wait for each other.
void sharedLoop(Emitter &b, Value begin, Value end,
                llvm::function_ref<void(Value)> body);

/// A shared loop over the rows of o; `ready` false leaves them out.
void forEachRow(Emitter &b, Value o, Value ready, RowBody body);

/// Rows without a key (S5): o = 0, and lse, where there is one, is -inf.
void clearRows(Emitter &b, Value o, Value lse, Value ready);

/// Partial results that have seen nothing.
void clearPartials(Emitter &b, const Partials &partials, Value ready);

/// The items of the table, phase by phase, each item by one thread.
void computeItems(Emitter &b, RuntimeCalls &runtime, const Kernel &kernel,
                  Value call, const Partials &partials, Value ready);

/// o and lse (where there is one) of the rows that no step has written.
void finishRows(Emitter &b, const Partials &partials, Value o, Value lse,
                Value ready);

/// Steps of a function that are alike but for their operands become calls of
/// one function, so that code does not grow with the steps.
void shareRingLaunches(mlir::ModuleOp module);

/// A step of a ring, and the results of all.
void lowerRingLaunch(RingLaunchOp launch);
void lowerRingFinish(RingFinishOp finish);

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_TEAM_H
