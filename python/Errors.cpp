//===- Errors.cpp - A failed status as a Python exception -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Errors.h"

#include <string>

namespace py = pybind11;

[[noreturn]] static void raise(PyObject *type, const char *message) {
  PyErr_SetString(type, message);
  throw py::error_already_set();
}

void rdattn::python::check(rdattn_status status) {
  if (status == RDATTN_OK)
    return;
  std::string message = rdattn_last_error();
  switch (status) {
  case RDATTN_INVALID_ARGUMENT:
    raise(PyExc_ValueError, message.c_str());
  case RDATTN_OUT_OF_MEMORY:
    raise(PyExc_MemoryError, message.c_str());
  case RDATTN_INTERRUPTED:
    raise(PyExc_KeyboardInterrupt, message.c_str());
  default:
    raise(py::module_::import("rdattn._errors").attr("Error").ptr(),
          message.c_str());
  }
}
