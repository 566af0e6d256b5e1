//===- Usage.h - Command lines that are wrong -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_USAGE_H
#define RDATTN_TOOLS_SIM_USAGE_H

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"

namespace rdattn::sim {

[[noreturn]] inline void usageError(const llvm::Twine &sentence) {
  llvm::WithColor::error(llvm::errs(), "rdattn-sim") << sentence << "\n";
  llvm::errs() << "rdattn-sim --help says more\n";
  exit(1);
}

inline void checkCount(const llvm::cl::Option &option, long count) {
  if (count < 1)
    usageError("--" + option.ArgStr + " takes numbers of at least 1, and not " +
               llvm::Twine(count));
}

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_USAGE_H
