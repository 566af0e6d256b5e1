//===- RepeatedCalls.cpp - Calls checked once, run often ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/RepeatedCalls.h"
#include "python/RememberedCall.h"

#include <cmath>
#include <memory>
#include <new>
#include <string_view>
#include <unordered_map>

namespace py = pybind11;
using namespace rdattn::python;

namespace {

using CallPointer = std::shared_ptr<const RememberedCall>;

/// Calls by key. The interpreter's lock guards it; it lives as long as Python.
struct Calls {
  static constexpr size_t kMost = 512;
  TorchTensors torch;
  std::unordered_map<CallKey, CallPointer, CallKey::Hash> byKey;

  /// The call, and its ring if it has one; null where none is remembered, or
  /// one of a ring that has gone. Another thread may forget it meanwhile.
  CallPointer find(const CallKey &key, PyObject *ringAsked,
                   std::shared_ptr<Ring> &ring) const {
    auto found = byKey.find(key);
    if (found == byKey.end())
      return nullptr;
    CallPointer call = found->second;
    if (ringAsked != Py_None && !(ring = call->ring.find(ringAsked)))
      return nullptr;
    return call;
  }

  void add(const CallKey &key, CallPointer call) {
    if (byKey.size() >= kMost)
      byKey.clear();
    byKey[key] = std::move(call);
  }
};

Calls &calls() {
  static auto &instance = *new Calls;
  return instance;
}

//===-- What Python passes ------------------------------------------------===//

/// None, where the layout is the kernel's, is the first.
bool readLayout(PyObject *object, int &layout) {
  layout = 0;
  if (object == Py_None)
    return true;
  Py_ssize_t size = 0;
  const char *text = PyUnicode_CheckExact(object)
                         ? PyUnicode_AsUTF8AndSize(object, &size)
                         : nullptr;
  if (!text) {
    PyErr_Clear();
    return false;
  }
  for (const char *word : {"auto", "contiguous", "zigzag", "striped"}) {
    ++layout;
    if (std::string_view(text, size) == word)
      return true;
  }
  return false;
}

/// None is what nobody said.
bool readTokens(PyObject *object, int64_t &tokens) {
  tokens = Called::kUnsaid;
  if (object == Py_None)
    return true;
  if (!PyLong_CheckExact(object))
    return false;
  int overflow = 0;
  tokens = PyLong_AsLongLongAndOverflow(object, &overflow);
  return !overflow && tokens >= 0;
}

/// (owner, causal, return_lse, ring, layout, tokens)
constexpr Py_ssize_t kCalledSize = 6;

bool readCalled(PyObject *const *arguments, Called &called) {
  if (!PyBool_Check(arguments[1]) || !PyBool_Check(arguments[2]))
    return false;
  called.owner = arguments[0];
  called.causal = arguments[1] == Py_True;
  called.returnLse = arguments[2] == Py_True;
  called.ring = arguments[3] == Py_None ? nullptr : arguments[3];
  return readLayout(arguments[4], called.layout) &&
         readTokens(arguments[5], called.tokens);
}

bool readInputs(const TorchTensors &torch, PyObject *const *arguments,
                Inputs &in) {
  return torch.view(arguments[0], in.q) && torch.view(arguments[1], in.k) &&
         torch.view(arguments[2], in.v);
}

/// A scale that needs no conversion: a Python float that a 32-bit one can hold.
bool readScale(PyObject *object, float &scale) {
  if (!PyFloat_CheckExact(object))
    return false;
  scale = static_cast<float>(PyFloat_AS_DOUBLE(object));
  return std::isfinite(scale);
}

//===-- Calls -------------------------------------------------------------===//

/// What is called, q, k, v, scale: the results, or None where no such call is
/// remembered. Where the ranks told each other their lengths in vain it is
/// their sum, which they are not to be asked for again.
py::object repeat(PyObject *const *arguments) {
  const Calls &known = calls();
  Called called;
  Inputs in;
  CallKey key;
  if (!readCalled(arguments, called) ||
      !readInputs(known.torch, arguments + kCalledSize, in) ||
      !key.set(called, in))
    return py::none();
  PyObject *const ringAsked = arguments[3];
  std::shared_ptr<Ring> ring;
  CallPointer call = known.find(key, ringAsked, ring);
  if (!call)
    return py::none();
  PyObject *const given = arguments[kCalledSize + 3];
  float scale = 0;
  if (given != Py_None && !(call->takesScale && readScale(given, scale)))
    return py::none();
  if (ring && called.tokens == Called::kUnsaid) {
    called.tokens = ring->sum(in.q.sizes[1]);
    key.set(called, in);
    if (!(call = known.find(key, ringAsked, ring)))
      return py::int_(called.tokens);
  }
  return call->run(known.torch, in, given == Py_None ? nullptr : &scale,
                   ring.get());
}

PyObject *repeatFromPython(PyObject *, PyObject *const *arguments,
                           Py_ssize_t count) {
  if (count != kCalledSize + 4) {
    PyErr_SetString(PyExc_TypeError, "repeat takes 10 arguments");
    return nullptr;
  }
  try {
    return repeat(arguments).release().ptr();
  } catch (py::error_already_set &error) {
    error.restore();
  } catch (py::builtin_exception &error) {
    error.set_error();
  } catch (const std::bad_alloc &) {
    PyErr_NoMemory();
  }
  return nullptr;
}

/// `newO` and `newLse` (or None) make the results. `ring` is null on one
/// device, and holds `tokens`, which the call need not have said.
void remember(const py::tuple &call, py::object q, py::object k, py::object v,
              py::object runnable, py::object newO, py::object newLse,
              std::shared_ptr<Ring> ring, int64_t tokens) {
  Calls &known = calls();
  PyObject *const *arguments = PySequence_Fast_ITEMS(call.ptr());
  PyObject *const tensors[] = {q.ptr(), k.ptr(), v.ptr()};
  Called called;
  Inputs in;
  CallKey key;
  if (call.size() != kCalledSize || !readCalled(arguments, called) ||
      !known.torch.learn(Py_TYPE(q.ptr())) ||
      !readInputs(known.torch, tensors, in) || !key.set(called, in))
    return;
  const auto &run = runnable.cast<const Runnable &>();
  rdattn_signature s = run.signature();
  if (newLse.is_none())
    newLse = {};
  auto made = std::make_shared<const RememberedCall>(RememberedCall{
      py::reinterpret_borrow<py::object>(arguments[0]), std::move(runnable),
      std::move(newO), std::move(newLse), run.function(), run.plan(), s.dtype,
      s.has_scale != 0,
      ring ? RememberedRing(arguments[3], ring) : RememberedRing(), tokens});
  known.add(key, made);
  if (!ring || called.tokens != Called::kUnsaid)
    return;
  // That was what the ranks ask each other; this is what they may find.
  called.tokens = tokens;
  key.set(called, in);
  known.add(key, std::move(made));
}

PyMethodDef methods[] = {
    {"repeat",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&repeatFromPython)),
     METH_FASTCALL,
     "The results of a remembered call: (owner, causal, return_lse, ring, "
     "layout, tokens, q, k, v, scale) -> o, (o, lse), None, or S where only "
     "calls of other S are remembered"},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void rdattn::python::bindRepeatedCalls(py::module_ &m) {
  PyModule_AddFunctions(m.ptr(), methods);
  m.def("remember", &remember);
  m.def("forget", [] { calls().byKey.clear(); });
}
