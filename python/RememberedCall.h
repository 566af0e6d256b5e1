//===- RememberedCall.h - A call that passed all checks ---------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_REMEMBEREDCALL_H
#define RDATTN_PYTHON_REMEMBEREDCALL_H

#include "python/CallKey.h"
#include "python/Runnable.h"
#include "python/TorchTensors.h"

#include <memory>

namespace rdattn::python {

/// The ring of a remembered call, which lives no longer for being remembered:
/// when its group goes, the other ranks learn that it left.
class RememberedRing {
public:
  RememberedRing() = default; ///< one device

  /// `given` is what the user passes for the ring: a group of ours or one of
  /// torch.distributed.
  RememberedRing(pybind11::handle given, const std::shared_ptr<Ring> &ring)
      : given(pybind11::weakref(given)), ring(ring) {}

  /// The ring of `asked`; null where another object was remembered, which has
  /// gone and had the same address.
  std::shared_ptr<Ring> find(pybind11::handle asked) const;

private:
  pybind11::object given;
  std::weak_ptr<Ring> ring;
};

/// What a call that passed all checks runs, and how it makes its results.
struct RememberedCall {
  /// \pre `ring` is the one remembered, and null on one device.
  pybind11::object run(const TorchTensors &torch, const Inputs &in,
                       const float *scale, const Ring *ring) const;

  pybind11::object owner;    ///< part of the key, so it must not be freed
  pybind11::object runnable; ///< keeps the code
  pybind11::object newO, newLse;
  const rdattn_function *function;
  const rdattn_plan_spec *plan;
  rdattn_dtype dtype;
  bool takesScale;
  RememberedRing ring;
  int64_t ringTokens; ///< S of the whole sequence
};

} // namespace rdattn::python

#endif // RDATTN_PYTHON_REMEMBEREDCALL_H
