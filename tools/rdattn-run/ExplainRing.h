//===- ExplainRing.h - What an attention costs on a ring --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_EXPLAINRING_H
#define RDATTN_TOOLS_RUN_EXPLAINRING_H

#include "tools/rdattn-run/RingProblem.h"

namespace rdattn::run {

/// The totals, then a line for each step, then one for each rank: counts are
/// exact, and times follow from the rates. An error says what is missing, or
/// why the sizes do not fit the pattern.
llvm::Error explainRing(llvm::raw_ostream &stream,
                        const rdattn_signature &signature,
                        const CallOptions &arrays, const RingOptions &options);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_EXPLAINRING_H
