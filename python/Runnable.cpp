//===- Runnable.cpp - One call of a compiled function ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Runnable.h"
#include "python/Interrupts.h"

#include <pybind11/gil_safe_call_once.h>

namespace py = pybind11;
using namespace rdattn::python;

bool rdattn::python::isMainThread() {
  // After a fork another thread may be it, so that it is asked for each time.
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> asked;
  const py::object &mainThread =
      asked
          .call_once_and_store_result([] {
            return py::module_::import("threading").attr("main_thread");
          })
          .get_stored();
  return mainThread().attr("ident").cast<unsigned long>() ==
         PyThread_get_thread_ident();
}

void rdattn::python::run(const rdattn_function *function,
                         const CalledTensors &tensors, bool onCPU,
                         const Ring *ring, rdattn_arguments arguments) {
  std::optional<Ring::Use> use;
  if (ring)
    use.emplace(*ring);
  arguments.q = &tensors.q;
  arguments.k = &tensors.k;
  arguments.v = &tensors.v;
  arguments.o = &tensors.o;
  arguments.lse = tensors.lse ? &*tensors.lse : nullptr;
  arguments.ring = use ? use->get() : nullptr;
  arguments.threads = ring ? ring->threads() : 0;
  // A launch on a GPU returns at once: there is nothing to interrupt. On a ring
  // it waits for the other ranks.
  const bool interruptible = (onCPU || ring) && isMainThread();
  checkInterruptible(interruptible, [&](const volatile int *stop) {
    arguments.stop = stop;
    return rdattn_run(function, &arguments);
  });
}

static rdattn_tensor toTensor(const Memory &memory, rdattn_dtype dtype) {
  const auto &[address, sizes, strides] = memory;
  return {reinterpret_cast<void *>(address), dtype,
          static_cast<int32_t>(sizes.size()), sizes.data(), strides.data()};
}

void Runnable::run(const Memory &q, const Memory &k, const Memory &v,
                   const Memory &o, const std::optional<Memory> &lse,
                   std::optional<float> scale, const Place &place,
                   const Ring *ring, int64_t ringTokens) const {
  rdattn_signature s = signature();
  CalledTensors tensors = {toTensor(q, s.dtype), toTensor(k, s.dtype),
                           toTensor(v, s.dtype), toTensor(o, s.dtype),
                           std::nullopt};
  if (lse)
    tensors.lse = toTensor(*lse, RDATTN_FLOAT32);
  rdattn_arguments arguments = {};
  arguments.scale = scale ? &*scale : nullptr;
  arguments.plan = plan();
  arguments.device = std::get<0>(place);
  arguments.stream = reinterpret_cast<void *>(std::get<1>(place));
  arguments.ring_tokens = ringTokens;
  rdattn::python::run(function(), tensors, s.target == RDATTN_CPU, ring,
                      arguments);
}
