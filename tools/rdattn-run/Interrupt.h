//===- Interrupt.h - Ctrl-C as a flag ---------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_INTERRUPT_H
#define RDATTN_TOOLS_RUN_INTERRUPT_H

namespace rdattn::run {

/// Nonzero after the first Ctrl-C (or SIGTERM); the second ends the program.
extern volatile int stopRequested;

/// Temporary outputs are removed by the signal itself.
void catchInterrupts();

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_INTERRUPT_H
