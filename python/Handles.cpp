//===- Handles.cpp - Kernels and modules ----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Errors.h"
#include "python/Runnable.h"

#include "rdattn/compiler.h"

#include <memory>
#include <string>

namespace py = pybind11;
using namespace rdattn::python;

namespace {

class Kernel : public Runnable {
public:
  Kernel(const std::string &pattern, int dtype, int64_t headDim,
         int64_t valueDim, bool causal, bool returnLse,
         const std::string &target, const std::optional<std::string> &schedule,
         const std::optional<std::string> &layout) {
    rdattn_kernel_options options = {};
    options.pattern = pattern.c_str();
    options.dtype = static_cast<rdattn_dtype>(dtype);
    options.head_dim = headDim;
    options.value_dim = valueDim;
    options.causal = causal;
    options.return_lse = returnLse;
    options.target = target.c_str();
    options.schedule = schedule ? schedule->c_str() : nullptr;
    options.layout = layout ? layout->c_str() : nullptr;
    rdattn_kernel *created = nullptr;
    checkUnlocked([&] { return rdattn_kernel_create(&options, &created); });
    kernel.reset(created);
  }

  const rdattn_function *function() const override {
    return rdattn_kernel_function(kernel.get());
  }
  const rdattn_plan_spec *plan() const override {
    return rdattn_kernel_plan_spec(kernel.get());
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

class Function : public Runnable {
public:
  Function(ModuleHandle module, const rdattn_function *function)
      : module(std::move(module)), handle(function) {}

  const rdattn_function *function() const override { return handle; }

  py::dict describe() const {
    rdattn_signature s = signature();
    using namespace py::literals;
    return py::dict(
        "name"_a = s.name, "dtype"_a = static_cast<int>(s.dtype),
        "sizes"_a =
            py::dict("batch"_a = s.batch, "tokens"_a = s.tokens,
                     "heads"_a = s.heads, "kv_heads"_a = s.kv_heads,
                     "head_dim"_a = s.head_dim, "value_dim"_a = s.value_dim),
        "has_lse"_a = s.has_lse != 0, "has_scale"_a = s.has_scale != 0,
        "needs_plan"_a = s.needs_plan != 0, "has_ring"_a = s.has_ring != 0,
        "definition"_a = s.definition,
        "target"_a = s.target == RDATTN_CUDA ? "cuda" : "cpu");
  }

private:
  ModuleHandle module; // keeps the code mapped
  const rdattn_function *handle;
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

} // namespace

void rdattn::python::bindRunnables(py::module_ &m) {
  py::class_<Runnable>(m, "Runnable").def("run", &Runnable::run);
  py::class_<Kernel, Runnable>(m, "Kernel")
      .def(py::init<const std::string &, int, int64_t, int64_t, bool, bool,
                    const std::string &, const std::optional<std::string> &,
                    const std::optional<std::string> &>())
      .def("ir", &Kernel::ir);
  py::class_<Function, Runnable>(m, "Function")
      .def("signature", &Function::describe);
  py::class_<Module>(m, "Module")
      .def(py::init<const std::string &>())
      .def("functions", &Module::functions);
}
