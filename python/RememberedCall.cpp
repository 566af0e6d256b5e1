//===- RememberedCall.cpp - A call that passed all checks -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/RememberedCall.h"
#include "python/Interrupts.h"

#include <optional>

namespace py = pybind11;
using namespace rdattn::python;

std::shared_ptr<Ring> RememberedRing::find(py::handle asked) const {
  auto alive =
      py::reinterpret_steal<py::object>(PyObject_CallNoArgs(given.ptr()));
  if (!alive)
    throw py::error_already_set();
  return alive.is(asked) ? ring.lock() : nullptr;
}

static rdattn_tensor toTensor(const dlpack::Tensor &tensor,
                              rdattn_dtype dtype) {
  return {tensor.address(), dtype, tensor.rank, tensor.sizes, tensor.strides};
}

/// New results, and the run that fills them. torch's caching allocator hands
/// freed memory out again in the order of the stream that it was used on: q, k
/// and v are read on the current stream alone, so nothing has to be recorded.
py::object RememberedCall::run(const TorchTensors &torch, const Inputs &in,
                               const float *scale, const Ring *onRing) const {
  py::object o = newO(), lse;
  dlpack::Tensor results[2] = {torch.viewResult(o.ptr())};
  if (newLse) {
    lse = newLse();
    results[1] = torch.viewResult(lse.ptr());
  }
  std::optional<Ring::Use> use;
  if (onRing)
    use.emplace(*onRing);
  rdattn_tensor tensors[] = {toTensor(in.q, dtype), toTensor(in.k, dtype),
                             toTensor(in.v, dtype), toTensor(results[0], dtype),
                             toTensor(results[1], RDATTN_FLOAT32)};
  rdattn_arguments arguments = {};
  arguments.q = &tensors[0];
  arguments.k = &tensors[1];
  arguments.v = &tensors[2];
  arguments.o = &tensors[3];
  arguments.lse = lse ? &tensors[4] : nullptr;
  arguments.scale = scale;
  arguments.plan = plan;
  bool cuda = in.q.device.type == dlpack::CUDA;
  arguments.device = cuda ? in.q.device.ordinal : 0;
  arguments.stream = torch.currentStream(in.q.device);
  arguments.ring = use ? use->get() : nullptr;
  arguments.ring_tokens = ringTokens;
  arguments.threads = onRing ? onRing->threads() : 0;
  rdattn::python::run(function, arguments, (!cuda || onRing) && isMainThread());
  return lse ? py::object(py::make_tuple(std::move(o), std::move(lse))) : o;
}
