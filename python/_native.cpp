//===- _native.cpp - The Python shell of the C API ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Binds runtime.h and compiler.h to the module rdattn._native. The package
// checks tensors and allocates results; here they are only addresses, sizes
// and strides. Compiling and running release the interpreter's lock.
//
//===----------------------------------------------------------------------===//

#include "rdattn/compiler.h"
#include "rdattn/runtime.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace py = pybind11;

namespace {

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

[[noreturn]] void raise(PyObject *type, const char *message) {
  PyErr_SetString(type, message);
  throw py::error_already_set();
}

/// Raises what a failed status means in Python. The interpreter's lock is held.
void check(rdattn_status status) {
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

/// Calls `function` without the interpreter's lock, then checks its status.
/// The message is per thread, so it survives taking the lock again.
template <typename Function> void checkUnlocked(Function function) {
  rdattn_status status;
  {
    py::gil_scoped_release release;
    status = function();
  }
  check(status);
}

//===----------------------------------------------------------------------===//
// Interrupts
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// A tensor as Python passes it: address, sizes, strides in elements.
using Memory =
    std::tuple<std::uintptr_t, std::vector<int64_t>, std::vector<int64_t>>;

rdattn_tensor toTensor(const Memory &memory, rdattn_dtype dtype) {
  const auto &[address, sizes, strides] = memory;
  return {reinterpret_cast<void *>(address), dtype,
          static_cast<int32_t>(sizes.size()), sizes.data(), strides.data()};
}

void run(const rdattn_function *function, const rdattn_plan_spec *plan,
         const Memory &q, const Memory &k, const Memory &v, const Memory &o,
         const std::optional<Memory> &lse, std::optional<float> scale,
         bool interruptible) {
  rdattn_signature signature = {};
  rdattn_function_signature(function, &signature);
  rdattn_tensor tensors[] = {
      toTensor(q, signature.dtype), toTensor(k, signature.dtype),
      toTensor(v, signature.dtype), toTensor(o, signature.dtype),
      lse ? toTensor(*lse, RDATTN_FLOAT32) : rdattn_tensor{}};

  rdattn_arguments arguments = {};
  arguments.q = &tensors[0];
  arguments.k = &tensors[1];
  arguments.v = &tensors[2];
  arguments.o = &tensors[3];
  arguments.lse = lse ? &tensors[4] : nullptr;
  arguments.scale = scale ? &*scale : nullptr;
  arguments.plan = plan;

  rdattn_status status;
  bool interrupted;
  {
    py::gil_scoped_release release;
    InterruptScope scope(interruptible);
    arguments.stop = scope.flag();
    status = rdattn_run(function, &arguments);
    interrupted = scope.interrupted();
  }
  if (interrupted) {
    // The handler that the program installed has not run yet.
    PyErr_SetInterrupt();
    if (PyErr_CheckSignals() != 0)
      throw py::error_already_set();
  }
  check(status);
}

//===----------------------------------------------------------------------===//
// Handles
//===----------------------------------------------------------------------===//

class Kernel {
public:
  Kernel(const std::string &pattern, int dtype, int64_t headDim,
         int64_t valueDim, bool causal, bool returnLse,
         const std::string &target) {
    rdattn_kernel_options options = {};
    options.pattern = pattern.c_str();
    options.dtype = static_cast<rdattn_dtype>(dtype);
    options.head_dim = headDim;
    options.value_dim = valueDim;
    options.causal = causal;
    options.return_lse = returnLse;
    options.target = target.c_str();
    rdattn_kernel *created = nullptr;
    checkUnlocked([&] { return rdattn_kernel_create(&options, &created); });
    kernel.reset(created);
  }

  void call(const Memory &q, const Memory &k, const Memory &v, const Memory &o,
            const std::optional<Memory> &lse, std::optional<float> scale,
            bool interruptible) const {
    run(rdattn_kernel_function(kernel.get()),
        rdattn_kernel_plan_spec(kernel.get()), q, k, v, o, lse, scale,
        interruptible);
  }

  /// The interpreter's lock keeps threads from asking one kernel at once.
  std::string ir(const std::string &level) const {
    const char *text = nullptr;
    check(rdattn_kernel_ir(kernel.get(), level.c_str(), &text));
    return text;
  }

private:
  struct Destroy {
    void operator()(rdattn_kernel *k) const { rdattn_kernel_destroy(k); }
  };
  std::unique_ptr<rdattn_kernel, Destroy> kernel;
};

using ModuleHandle = std::shared_ptr<rdattn_module>;

class Function {
public:
  Function(ModuleHandle module, const rdattn_function *function)
      : module(std::move(module)), function(function) {}

  py::dict signature() const {
    rdattn_signature s = {};
    rdattn_function_signature(function, &s);
    using namespace py::literals;
    return py::dict(
        "name"_a = s.name, "dtype"_a = static_cast<int>(s.dtype),
        "sizes"_a =
            py::dict("batch"_a = s.batch, "tokens"_a = s.tokens,
                     "heads"_a = s.heads, "kv_heads"_a = s.kv_heads,
                     "head_dim"_a = s.head_dim, "value_dim"_a = s.value_dim),
        "has_lse"_a = s.has_lse != 0, "has_scale"_a = s.has_scale != 0,
        "needs_plan"_a = s.needs_plan != 0, "definition"_a = s.definition);
  }

  void call(const Memory &q, const Memory &k, const Memory &v, const Memory &o,
            const std::optional<Memory> &lse, std::optional<float> scale,
            bool interruptible) const {
    run(function, nullptr, q, k, v, o, lse, scale, interruptible);
  }

private:
  ModuleHandle module; // keeps the code mapped
  const rdattn_function *function;
};

class Module {
public:
  explicit Module(const std::string &path) {
    rdattn_module *opened = nullptr;
    checkUnlocked([&] { return rdattn_module_open(path.c_str(), &opened); });
    module = ModuleHandle(opened, rdattn_module_close);
  }

  std::vector<Function> functions() const {
    std::vector<Function> result;
    for (size_t i = 0, e = rdattn_module_size(module.get()); i < e; ++i)
      result.emplace_back(module, rdattn_module_function(module.get(), i));
    return result;
  }

private:
  ModuleHandle module;
};

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

std::string explain(const std::string &pattern, bool causal, int dtype,
                    int64_t batch, int64_t tokens, int64_t heads,
                    int64_t kvHeads, int64_t headDim, int64_t valueDim) {
  const char *json = nullptr;
  check(rdattn_explain(pattern.c_str(), causal,
                       static_cast<rdattn_dtype>(dtype), batch, tokens, heads,
                       kvHeads, headDim, valueDim, &json));
  return json;
}

std::string patternCheck(const std::string &pattern) {
  const char *json = nullptr;
  check(rdattn_pattern_check(pattern.c_str(), &json));
  return json;
}

} // namespace

PYBIND11_MODULE(_native, m) {
  m.doc() = "The C API of rdattn; use the package rdattn instead.";
  m.attr("version") = RDATTN_VERSION;

  py::class_<Kernel>(m, "Kernel")
      .def(py::init<const std::string &, int, int64_t, int64_t, bool, bool,
                    const std::string &>())
      .def("run", &Kernel::call)
      .def("ir", &Kernel::ir);
  py::class_<Function>(m, "Function")
      .def("signature", &Function::signature)
      .def("run", &Function::call);
  py::class_<Module>(m, "Module")
      .def(py::init<const std::string &>())
      .def("functions", &Module::functions);

  m.def("compile_count", &rdattn_compile_count);
  m.def("plan_count", &rdattn_plan_count);
  m.def("explain", &explain);
  m.def("pattern_check", &patternCheck);
}
