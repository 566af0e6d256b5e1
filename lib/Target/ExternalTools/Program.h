//===- Program.h - Runs another program -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_EXTERNALTOOLS_PROGRAM_H
#define RDATTN_TARGET_EXTERNALTOOLS_PROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace rdattn {

/// Runs `arguments`, the first of which is the program's path, and returns what
/// it printed; an error "'program' could not <task>: ..." where it fails.
llvm::Expected<std::string> runProgram(llvm::ArrayRef<std::string> arguments,
                                       llvm::StringRef task);

} // namespace rdattn

#endif // RDATTN_TARGET_EXTERNALTOOLS_PROGRAM_H
