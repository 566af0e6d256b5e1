//===- Report.h - Prints what simulations found -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_REPORT_H
#define RDATTN_TOOLS_SIM_REPORT_H

#include "tools/rdattn-sim/Outcome.h"

#include "llvm/Support/JSON.h"

namespace rdattn::sim {

/// The attention, the machine, and the names of the columns.
void printHeader(llvm::raw_ostream &stream, const Case &problem,
                 const Machine &machine);

/// One row of the table.
void printOutcome(llvm::raw_ostream &stream, const Outcome &outcome);

/// The steps of the rank that is done last.
void printSteps(llvm::raw_ostream &stream, const Outcome &outcome);

/// The same figures in seconds, bytes and operations.
llvm::json::Value toJSON(const Outcome &outcome);
llvm::json::Value toJSON(const Machine &machine);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_REPORT_H
