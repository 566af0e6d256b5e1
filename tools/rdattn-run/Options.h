//===- Options.h - The command line -----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_OPTIONS_H
#define RDATTN_TOOLS_RUN_OPTIONS_H

#include "tools/rdattn-run/RingProblem.h"

namespace rdattn::run {

struct Options {
  std::string module, function, target;
  CallOptions call;
  std::string o, lse;       ///< paths, or empty
  std::optional<int> check; ///< rows per batch and head
  std::optional<int> time;  ///< runs
  bool explain = false;
  RingOptions ring;

  /// What needs a run is not asked for.
  bool explainsOnly() const;
};

/// Exits with a message where the command line is wrong, or after --help.
Options parseOptions(int argc, char **argv);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_OPTIONS_H
