//===- RepeatedCalls.h - Calls checked once, run often ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_REPEATEDCALLS_H
#define RDATTN_PYTHON_REPEATEDCALLS_H

#include <pybind11/pybind11.h>

namespace rdattn::python {

/// Adds `remember`, `repeat` and `forget`: a call on torch tensors that went
/// through all checks is remembered, and one that differs from it in addresses
/// and scale alone is run without Python code.
void bindRepeatedCalls(pybind11::module_ &m);

} // namespace rdattn::python

#endif // RDATTN_PYTHON_REPEATEDCALLS_H
