//===- PatternFile.h - Reads the pattern to simulate ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_PATTERNFILE_H
#define RDATTN_TOOLS_SIM_PATTERNFILE_H

#include "tools/rdattn-run/Check.h"

namespace rdattn::sim {

/// The pattern in a file of JSON, or the attention of a function of MLIR text
/// (`function`, or the only one), which also says whether it is causal. "-" is
/// standard input.
llvm::Expected<run::Attention> readPattern(llvm::StringRef path,
                                           const std::string &function);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_PATTERNFILE_H
