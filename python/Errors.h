//===- Errors.h - A failed status as a Python exception ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_ERRORS_H
#define RDATTN_PYTHON_ERRORS_H

#include "rdattn/runtime.h"

#include <pybind11/pybind11.h>

namespace rdattn::python {

/// Raises what a failed status means in Python. The interpreter's lock is held.
void check(rdattn_status status);

/// Calls `function` without the interpreter's lock, then checks its status.
/// The message is per thread, so it survives taking the lock again.
template <typename Function> void checkUnlocked(Function function) {
  rdattn_status status;
  {
    pybind11::gil_scoped_release release;
    status = function();
  }
  check(status);
}

} // namespace rdattn::python

#endif // RDATTN_PYTHON_ERRORS_H
