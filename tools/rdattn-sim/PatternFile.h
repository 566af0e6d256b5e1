//===- PatternFile.h - Reads the pattern to simulate ------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_PATTERNFILE_H
#define RDATTN_TOOLS_SIM_PATTERNFILE_H

#include "lib/Planner/Pattern.h"

#include "llvm/Support/Error.h"

namespace rdattn::sim {

struct Attention {
  planner::Pattern pattern;
  bool causal = false;
};

/// The pattern in a file of JSON, or the one rdattn.attention of MLIR text, of
/// its function `function` unless that is empty. "-" is standard input.
llvm::Expected<Attention> readAttention(llvm::StringRef path,
                                        llvm::StringRef function);

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_PATTERNFILE_H
