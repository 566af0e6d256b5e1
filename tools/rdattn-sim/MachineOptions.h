//===- MachineOptions.h - The machine on the command line -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_MACHINEOPTIONS_H
#define RDATTN_TOOLS_SIM_MACHINEOPTIONS_H

#include "tools/rdattn-sim/Machine.h"

#include "llvm/Support/CommandLine.h"

namespace rdattn::sim {

extern llvm::cl::OptionCategory machineCategory;

/// The machine that the command line, which was parsed, describes; exits with a
/// message where it is none. Its rate may depend on what is computed.
Machine parseMachine(int64_t headDim, int64_t elementBytes);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_MACHINEOPTIONS_H
