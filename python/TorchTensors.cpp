//===- TorchTensors.cpp - torch tensors seen from C++ ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/TorchTensors.h"

#include <string>

namespace py = pybind11;
using namespace rdattn::python;

static const dlpack::ExchangeAPI *exchangeAPI(PyTypeObject *type) {
  py::handle object(reinterpret_cast<PyObject *>(type));
  py::object capsule = py::getattr(object, "__dlpack_c_exchange_api__", {});
  if (!capsule || !PyCapsule_IsValid(capsule.ptr(), dlpack::kExchangeCapsule))
    return nullptr;
  auto *api = static_cast<const dlpack::ExchangeAPI *>(
      PyCapsule_GetPointer(capsule.ptr(), dlpack::kExchangeCapsule));
  bool usable = api->majorVersion == dlpack::kMajorVersion && api->view &&
                api->currentStream;
  return usable ? api : nullptr;
}

bool TorchTensors::learn(PyTypeObject *candidate) {
  if (candidate == type)
    return true;
  if (std::string(candidate->tp_name) != "Tensor")
    return false;
  py::handle object(reinterpret_cast<PyObject *>(candidate));
  if (object.attr("__module__").cast<std::string>() != "torch")
    return false;
  api = exchangeAPI(candidate);
  type = api ? candidate : nullptr;
  return type;
}

/// Whether a new reference is to False; an error is none.
static bool isFalse(PyObject *object) {
  return py::reinterpret_steal<py::object>(object).ptr() == Py_False;
}

bool TorchTensors::view(PyObject *object, dlpack::Tensor &tensor) const {
  static PyObject *requiresGrad = PyUnicode_InternFromString("requires_grad");
  static PyObject *isNegated = PyUnicode_InternFromString("is_neg");
  if (Py_TYPE(object) != type)
    return false;
  if (isFalse(PyObject_GetAttr(object, requiresGrad)) &&
      isFalse(PyObject_CallMethodNoArgs(object, isNegated)) &&
      api->view(object, &tensor) == 0)
    return true;
  // What went wrong is for Python's own checks to say.
  PyErr_Clear();
  return false;
}

dlpack::Tensor TorchTensors::viewResult(PyObject *object) const {
  dlpack::Tensor tensor = {};
  if (api->view(object, &tensor) != 0)
    throw py::error_already_set();
  return tensor;
}

void *TorchTensors::currentStream(dlpack::Device device) const {
  void *stream = nullptr;
  if (device.type == dlpack::CUDA &&
      api->currentStream(device.type, device.ordinal, &stream) != 0)
    throw py::error_already_set();
  return stream;
}
