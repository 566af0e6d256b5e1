//===- Runnable.h - What Python can run -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_RUNNABLE_H
#define RDATTN_PYTHON_RUNNABLE_H

#include "python/Rings.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace rdattn::python {

/// A tensor as Python passes it: address, sizes, strides in elements.
using Memory =
    std::tuple<std::uintptr_t, std::vector<int64_t>, std::vector<int64_t>>;

/// Where a call runs: the ordinal of a CUDA device and the address of one of
/// its streams; both zero on the CPU.
using Place = std::tuple<int32_t, std::uintptr_t>;

/// A function with the plan it is called with, if it takes one.
class Runnable {
public:
  virtual ~Runnable() = default;
  virtual const rdattn_function *function() const = 0;
  virtual const rdattn_plan_spec *plan() const { return nullptr; }

  rdattn_signature signature() const {
    rdattn_signature result = {};
    rdattn_function_signature(function(), &result);
    return result;
  }

  /// `ring` is null where the function runs on one device.
  void run(const Memory &q, const Memory &k, const Memory &v, const Memory &o,
           const std::optional<Memory> &lse, std::optional<float> scale,
           const Place &place, const Ring *ring, int64_t ringTokens) const;
};

/// The tensors of a call, and lse if it is asked for.
struct CalledTensors {
  rdattn_tensor q, k, v, o;
  std::optional<rdattn_tensor> lse;
};

/// Runs without the interpreter's lock, then raises what went wrong. `ring` is
/// null on one device; `arguments` says all but the tensors, ring and threads.
/// A run that the main thread waits for, as one on the CPU or for other ranks,
/// stops at Ctrl-C.
void run(const rdattn_function *function, const CalledTensors &tensors,
         bool onCPU, const Ring *ring, rdattn_arguments arguments);

void bindRunnables(pybind11::module_ &m);

} // namespace rdattn::python

#endif // RDATTN_PYTHON_RUNNABLE_H
