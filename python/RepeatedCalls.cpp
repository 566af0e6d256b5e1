//===- RepeatedCalls.cpp - Calls checked once, run often ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/RepeatedCalls.h"
#include "python/CallKey.h"
#include "python/Interrupts.h"
#include "python/Runnable.h"
#include "python/TorchTensors.h"

#include <cmath>
#include <memory>
#include <new>
#include <unordered_map>

namespace py = pybind11;
using namespace rdattn::python;

namespace {

/// What a call that passed all checks runs, and how it makes its results.
struct Call {
  py::object owner;    ///< part of the key, so it must not be freed
  py::object runnable; ///< keeps the code
  py::object newO, newLse;
  const rdattn_function *function;
  const rdattn_plan_spec *plan;
  rdattn_dtype dtype;
  bool takesScale;
};

/// Calls by key. The interpreter's lock guards it; it lives as long as Python.
struct Calls {
  static constexpr size_t kMost = 512;
  TorchTensors torch;
  std::unordered_map<CallKey, std::shared_ptr<const Call>, CallKey::Hash> byKey;
};

Calls &calls() {
  static auto &instance = *new Calls;
  return instance;
}

rdattn_tensor toTensor(const dlpack::Tensor &tensor, rdattn_dtype dtype) {
  return {tensor.address(), dtype, tensor.rank, tensor.sizes, tensor.strides};
}

/// New results, and the run that fills them. torch's caching allocator hands
/// freed memory out again in the order of the stream that it was used on: q, k
/// and v are read on the current stream alone, so nothing has to be recorded.
py::object execute(const Call &call, const Inputs &in, const float *scale) {
  const TorchTensors &torch = calls().torch;
  py::object o = call.newO(), lse;
  dlpack::Tensor results[2] = {torch.viewResult(o.ptr())};
  if (call.newLse) {
    lse = call.newLse();
    results[1] = torch.viewResult(lse.ptr());
  }
  rdattn_tensor tensors[] = {
      toTensor(in.q, call.dtype), toTensor(in.k, call.dtype),
      toTensor(in.v, call.dtype), toTensor(results[0], call.dtype),
      toTensor(results[1], RDATTN_FLOAT32)};
  rdattn_arguments arguments = {};
  arguments.q = &tensors[0];
  arguments.k = &tensors[1];
  arguments.v = &tensors[2];
  arguments.o = &tensors[3];
  arguments.lse = lse ? &tensors[4] : nullptr;
  arguments.scale = scale;
  arguments.plan = call.plan;
  bool cuda = in.q.device.type == dlpack::CUDA;
  arguments.device = cuda ? in.q.device.ordinal : 0;
  arguments.stream = torch.currentStream(in.q.device);
  run(call.function, arguments, !cuda && isMainThread());
  return lse ? py::object(py::make_tuple(std::move(o), std::move(lse))) : o;
}

/// A scale that needs no conversion: a Python float that a 32-bit one can hold.
bool readScale(PyObject *object, float &scale) {
  if (!PyFloat_CheckExact(object))
    return false;
  scale = static_cast<float>(PyFloat_AS_DOUBLE(object));
  return std::isfinite(scale);
}

/// (owner, causal, return_lse, q, k, v, scale): the results, or None where no
/// such call is remembered.
py::object repeat(PyObject *const *arguments) {
  const auto &[torch, byKey] = calls();
  Inputs in;
  if (!PyBool_Check(arguments[1]) || !PyBool_Check(arguments[2]) ||
      !torch.view(arguments[3], in.q) || !torch.view(arguments[4], in.k) ||
      !torch.view(arguments[5], in.v))
    return py::none();
  CallKey key;
  if (!key.set(arguments[0], arguments[1] == Py_True, arguments[2] == Py_True,
               in))
    return py::none();
  auto found = byKey.find(key);
  if (found == byKey.end())
    return py::none();
  // Another thread may forget the call while this one runs it.
  std::shared_ptr<const Call> call = found->second;
  if (arguments[6] == Py_None)
    return execute(*call, in, nullptr);
  float scale;
  if (!call->takesScale || !readScale(arguments[6], scale))
    return py::none();
  return execute(*call, in, &scale);
}

PyObject *repeatFromPython(PyObject *, PyObject *const *arguments,
                           Py_ssize_t count) {
  if (count != 7) {
    PyErr_SetString(PyExc_TypeError, "repeat takes 7 arguments");
    return nullptr;
  }
  try {
    return repeat(arguments).release().ptr();
  } catch (py::error_already_set &error) {
    error.restore();
  } catch (const std::bad_alloc &) {
    PyErr_NoMemory();
  }
  return nullptr;
}

/// `newO` and `newLse` (or None) make the results.
void remember(py::object owner, bool causal, bool returnLse, py::object q,
              py::object k, py::object v, py::object runnable, py::object newO,
              py::object newLse) {
  auto &[torch, byKey] = calls();
  Inputs in;
  CallKey key;
  if (!torch.learn(Py_TYPE(q.ptr())) || !torch.view(q.ptr(), in.q) ||
      !torch.view(k.ptr(), in.k) || !torch.view(v.ptr(), in.v) ||
      !key.set(owner.ptr(), causal, returnLse, in))
    return;
  if (byKey.size() >= Calls::kMost)
    byKey.clear();
  const auto &called = runnable.cast<const Runnable &>();
  rdattn_signature s = called.signature();
  if (newLse.is_none())
    newLse = {};
  byKey[key] = std::make_shared<const Call>(Call{
      std::move(owner), std::move(runnable), std::move(newO), std::move(newLse),
      called.function(), called.plan(), s.dtype, s.has_scale != 0});
}

PyMethodDef methods[] = {
    {"repeat",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&repeatFromPython)),
     METH_FASTCALL,
     "The results of a remembered call: (owner, causal, return_lse, q, k, v, "
     "scale) -> o, (o, lse), or None"},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void rdattn::python::bindRepeatedCalls(py::module_ &m) {
  PyModule_AddFunctions(m.ptr(), methods);
  m.def("remember", &remember);
  m.def("forget", [] { calls().byKey.clear(); });
}
