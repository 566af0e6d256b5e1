//===- Interrupt.cpp - Ctrl-C as a flag -----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Interrupt.h"

#include "llvm/Support/Signals.h"

namespace rdattn::run {

volatile int stopRequested = 0;

void catchInterrupts() {
  // LLVM restores the default handlers before it calls this.
  llvm::sys::SetInterruptFunction([] { stopRequested = 1; });
}

} // namespace rdattn::run
