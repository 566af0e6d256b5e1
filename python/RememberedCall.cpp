//===- RememberedCall.cpp - A call that passed all checks -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/RememberedCall.h"

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
  const dlpack::Tensor resultO = torch.viewResult(o.ptr());
  dlpack::Tensor resultLse;
  CalledTensors tensors = {toTensor(in.q, dtype), toTensor(in.k, dtype),
                           toTensor(in.v, dtype), toTensor(resultO, dtype),
                           std::nullopt};
  if (newLse) {
    lse = newLse();
    resultLse = torch.viewResult(lse.ptr());
    tensors.lse = toTensor(resultLse, RDATTN_FLOAT32);
  }
  const bool onCPU = in.q.device.type != dlpack::CUDA;
  rdattn_arguments arguments = {};
  arguments.scale = scale;
  arguments.plan = plan;
  arguments.device = onCPU ? 0 : in.q.device.ordinal;
  arguments.stream = torch.currentStream(in.q.device);
  arguments.ring_tokens = ringTokens;
  rdattn::python::run(function, tensors, onCPU, onRing, arguments);
  return lse ? py::object(py::make_tuple(std::move(o), std::move(lse))) : o;
}
