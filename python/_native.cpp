//===- _native.cpp - The Python shell of the C API ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Binds runtime.h, ring.h and compiler.h to the module rdattn._native. The
// package checks tensors and allocates results; here they are only addresses,
// sizes and strides. Compiling and running release the interpreter's lock.
//
//===----------------------------------------------------------------------===//

#include "python/Errors.h"
#include "python/RepeatedCalls.h"
#include "python/Rings.h"
#include "python/Runnable.h"

#include "rdattn/compiler.h"

#include <string>

namespace py = pybind11;
using namespace rdattn::python;

static std::string explain(const std::string &pattern, bool causal, int dtype,
                           const std::string &target, int64_t batch,
                           int64_t tokens, int64_t heads, int64_t kvHeads,
                           int64_t headDim, int64_t valueDim) {
  rdattn_kernel_options options = {};
  options.pattern = pattern.c_str();
  options.dtype = static_cast<rdattn_dtype>(dtype);
  options.head_dim = headDim;
  options.value_dim = valueDim;
  options.causal = causal;
  options.target = target.c_str();
  const char *json = nullptr;
  check(rdattn_explain(&options, batch, tokens, heads, kvHeads, &json));
  return json;
}

static std::string patternCheck(const std::string &pattern) {
  const char *json = nullptr;
  check(rdattn_pattern_check(pattern.c_str(), &json));
  return json;
}

static std::string cudaTarget(int32_t device) {
  const char *name = nullptr;
  check(rdattn_cuda_target(device, &name));
  return name;
}

static int32_t countDevices() {
  int32_t count = 0;
  check(rdattn_cuda_device_count(&count));
  return count;
}

PYBIND11_MODULE(_native, m) {
  m.doc() = "The C API of rdattn; use the package rdattn instead.";
  m.attr("version") = RDATTN_VERSION;

  bindRings(m);
  bindRunnables(m);
  bindRepeatedCalls(m);

  m.def("compile_count", &rdattn_compile_count);
  m.def("plan_count", &rdattn_plan_count);
  m.def("upload_count", &rdattn_cuda_upload_count);
  m.def("cuda_target", &cudaTarget);
  m.def("cuda_device_count", &countDevices);
  m.def("explain", &explain);
  m.def("pattern_check", &patternCheck);
}
