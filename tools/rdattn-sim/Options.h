//===- Options.h - The command line -----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_OPTIONS_H
#define RDATTN_TOOLS_SIM_OPTIONS_H

#include "tools/rdattn-sim/Summary.h"

#include <string>

namespace rdattn::sim {

struct Options {
  std::string pattern, function;
  std::vector<int64_t> tokens, ranks;
  Case problem;                          ///< but for its tokens and its ring
  std::optional<planner::Layout> layout; ///< or what suits the pattern
  Machine machine;
  bool steps = false;
  bool json = false;
};

/// Exits with a message where the command line is wrong, or after --help.
Options parseOptions(int argc, char **argv);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_OPTIONS_H
