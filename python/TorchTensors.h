//===- TorchTensors.h - torch tensors seen from C++ -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_TORCHTENSORS_H
#define RDATTN_PYTHON_TORCHTENSORS_H

#include "python/DLPack.h"

#include <pybind11/pybind11.h>

namespace rdattn::python {

/// torch.Tensor, with the functions it offers through DLPack. Subclasses are
/// left to Python: they may mean something else by their elements.
class TorchTensors {
public:
  /// Takes `type` for torch.Tensor; false where it is not, or is of a torch
  /// without DLPack's exchange functions.
  bool learn(PyTypeObject *type);

  /// Describes `object`; false where it is no plain tensor, may want gradients
  /// or reads its elements negated.
  bool view(PyObject *object, dlpack::Tensor &tensor) const;

  /// Describes a tensor that torch has just made.
  dlpack::Tensor viewResult(PyObject *object) const;

  /// torch's current stream of a CUDA device; null for the CPU.
  void *currentStream(dlpack::Device device) const;

private:
  PyTypeObject *type = nullptr;
  const dlpack::ExchangeAPI *api = nullptr;
};

} // namespace rdattn::python

#endif // RDATTN_PYTHON_TORCHTENSORS_H
