//===- Interrupts.h - Ctrl-C while a kernel runs ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_INTERRUPTS_H
#define RDATTN_PYTHON_INTERRUPTS_H

#include "python/Errors.h"

#include <csignal>

namespace rdattn::python {

/// Whether this is Python's main thread, the one that handles signals.
bool isMainThread();

/// While alive, Ctrl-C sets a stop flag that a running kernel polls. Where the
/// program ignores SIGINT, or leaves it to kill the process, that stays so.
class InterruptScope {
public:
  explicit InterruptScope(bool enabled) {
    if (!enabled || sigaction(SIGINT, nullptr, &previous) != 0)
      return;
    // The two special values share their place with sa_sigaction.
    if (previous.sa_handler == SIG_IGN || previous.sa_handler == SIG_DFL)
      return;
    stopFlag = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { stopFlag = 1; };
    sigemptyset(&action.sa_mask);
    installed = sigaction(SIGINT, &action, nullptr) == 0;
  }

  ~InterruptScope() {
    if (installed)
      sigaction(SIGINT, &previous, nullptr);
  }

  const volatile int *flag() const { return installed ? &stopFlag : nullptr; }
  bool interrupted() const { return installed && stopFlag; }

private:
  static inline volatile int stopFlag = 0; // one main thread, so one scope
  struct sigaction previous = {};
  bool installed = false;
};

/// Calls `function`, which polls a stop flag, without the interpreter's lock,
/// then raises what went wrong. An `interruptible` call stops at Ctrl-C.
template <typename Function>
void checkInterruptible(bool interruptible, Function function) {
  rdattn_status status;
  bool interrupted;
  {
    pybind11::gil_scoped_release release;
    InterruptScope scope(interruptible);
    status = function(scope.flag());
    interrupted = scope.interrupted();
  }
  if (interrupted) {
    // The handler that the program installed has not run yet.
    PyErr_SetInterrupt();
    if (PyErr_CheckSignals() != 0)
      throw pybind11::error_already_set();
  }
  check(status);
}

} // namespace rdattn::python

#endif // RDATTN_PYTHON_INTERRUPTS_H
