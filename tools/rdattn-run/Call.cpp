//===- Call.cpp - The tensors of one call ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Call.h"

#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-run/Interrupt.h"

#include <array>
#include <cmath>
#include <cstring>

using namespace llvm;

namespace rdattn::run {

static NpyType typeOf(rdattn_dtype dtype) {
  return dtype == RDATTN_FLOAT32   ? NpyType::Float32
         : dtype == RDATTN_FLOAT16 ? NpyType::Float16
                                   : NpyType::Opaque16;
}

/// Sizes are the runtime's to check; element type and rank decide how the
/// bytes are read at all.
Expected<Array> readInput(const std::string &path, rdattn_dtype dtype) {
  Expected<Array> read = readNpy(path);
  if (!read)
    return read.takeError();
  if (read->type != typeOf(dtype))
    return failure("'" + path + "' holds " + nameOf(read->type) +
                   ", and the function takes " + nameOf(typeOf(dtype)));
  if (read->shape.size() != 4)
    return failure("'" + path + "' has shape " + formatShape(read->shape) +
                   ", and the function takes [batch, tokens, heads, "
                   "head_dim]");
  return read;
}

/// Full of NaN, so that a row that the code does not write shows.
static Error makeOutput(NpyType type, std::vector<int64_t> shape,
                        Array &array) {
  Expected<Array> made = makeArray(type, std::move(shape));
  if (!made)
    return made.takeError();
  array = std::move(*made);
  std::memset(array.data(), 0xff, array.bytes());
  return Error::success();
}

static Error checkCallable(const rdattn_signature &signature,
                           const CallOptions &options) {
  if (signature.has_ring)
    return failure(Twine("the function '") + signature.name +
                   "' runs on a ring, of which this is no rank: --explain "
                   "alone says what it does there");
  if (options.q.empty() || options.k.empty() || options.v.empty())
    return failure("--q, --k and --v are needed");
  if (signature.needs_plan)
    return failure(Twine("the function '") + signature.name +
                   "' takes any pattern and needs the plan of one: compile "
                   "the attention with its pattern instead");
  if (options.scale && !signature.has_scale)
    return failure(Twine("the function '") + signature.name +
                   "' has its scale compiled in: leave --scale out");
  return Error::success();
}

Expected<Call> Call::create(const rdattn_function *function,
                            const CallOptions &options) {
  Call call;
  call.function = function;
  call.scale = options.scale;
  call.threads = options.threads;
  call.device = options.device;
  rdattn_function_signature(function, &call.signature);
  if (Error error = checkCallable(call.signature, options))
    return std::move(error);
  rdattn_dtype dtype = call.signature.dtype;
  if (Error error = readInput(options.q, dtype).moveInto(call.q))
    return std::move(error);
  if (Error error = readInput(options.k, dtype).moveInto(call.k))
    return std::move(error);
  if (Error error = readInput(options.v, dtype).moveInto(call.v))
    return std::move(error);
  if (Error error = makeOutput(
          typeOf(dtype),
          {call.batch(), call.tokens(), call.heads(), call.valueDim()}, call.o))
    return std::move(error);
  if (call.signature.has_lse)
    if (Error error = makeOutput(NpyType::Float32,
                                 {call.batch(), call.heads(), call.tokens()},
                                 call.lse.emplace()))
      return std::move(error);
  if (call.isOnDevice())
    if (Error error = call.copyToDevice())
      return std::move(error);
  return call;
}

Error Call::copyToDevice() {
  OnDevice made;
  std::pair<const Array *, DeviceArray *> arrays[] = {
      {&q, &made.q}, {&k, &made.k}, {&v, &made.v}, {&o, &made.o}};
  for (auto [array, copy] : arrays)
    if (Error error = DeviceArray::create(device, *array).moveInto(*copy))
      return error;
  if (lse)
    if (Error error = DeviceArray::create(device, *lse).moveInto(made.lse))
      return error;
  copies = std::move(made);
  return Error::success();
}

rdattn_status Call::wait() const {
  return isOnDevice() ? rdattn_cuda_synchronize(device, nullptr) : RDATTN_OK;
}

Error Call::fetch() const {
  if (!copies)
    return Error::success();
  if (Error error = copies->o.read(o))
    return error;
  return lse ? copies->lse->read(*lse) : Error::success();
}

namespace {
/// An array as the C API sees it, where `data` is.
struct View {
  View(const Array &array, rdattn_dtype dtype, void *data) {
    int64_t stride = 1;
    for (size_t d = array.shape.size(); d-- > 0; stride *= array.shape[d])
      strides[d] = stride;
    tensor = {data, dtype, static_cast<int32_t>(array.shape.size()),
              array.shape.data(), strides.data()};
  }
  View(const View &) = delete;

  std::array<int64_t, 4> strides = {};
  rdattn_tensor tensor;
};
} // namespace

rdattn_status Call::run(rdattn_cuda_report *report) const {
  auto data = [&](const Array &array, DeviceArray OnDevice::*copy) {
    return copies ? ((*copies).*copy).data() : array.data();
  };
  View qView(q, signature.dtype, data(q, &OnDevice::q));
  View kView(k, signature.dtype, data(k, &OnDevice::k));
  View vView(v, signature.dtype, data(v, &OnDevice::v));
  View oView(o, signature.dtype, data(o, &OnDevice::o));
  std::optional<View> lseView;
  if (lse)
    lseView.emplace(*lse, RDATTN_FLOAT32,
                    copies ? copies->lse->data() : lse->data());
  rdattn_arguments arguments = {};
  arguments.q = &qView.tensor;
  arguments.k = &kView.tensor;
  arguments.v = &vView.tensor;
  arguments.o = &oView.tensor;
  arguments.lse = lse ? &lseView->tensor : nullptr;
  arguments.scale = scale ? &*scale : nullptr;
  arguments.threads = threads;
  arguments.stop = &stopRequested;
  arguments.device = device;
  arguments.report = report;
  return rdattn_run(function, &arguments);
}

Inputs Call::inputs(std::optional<double> definedScale) const {
  double used = scale          ? *scale
                : definedScale ? *definedScale
                               : 1 / std::sqrt(double(headDim()));
  return {signature.dtype, q.data(),  k.data(),  v.data(),   tokens(),
          heads(),         kvHeads(), headDim(), valueDim(), used};
}

Outputs Call::outputs() const {
  return {o.data(),
          lse ? reinterpret_cast<const float *>(lse->data()) : nullptr};
}

} // namespace rdattn::run
