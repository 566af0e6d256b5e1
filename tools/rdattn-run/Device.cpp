//===- Device.cpp - Arrays in a GPU's memory ------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Device.h"

#include "tools/rdattn-run/Compiled.h"

using namespace llvm;

namespace rdattn::run {

void FreeOnDevice::operator()(void *data) const {
  rdattn_cuda_free(device, data);
}

Expected<DeviceArray> DeviceArray::create(int device, const Array &array) {
  void *data = nullptr;
  if (Error error = toError(rdattn_cuda_allocate(device, array.bytes(), &data)))
    return std::move(error);
  DeviceArray copy;
  copy.memory = {data, FreeOnDevice{device}};
  if (Error error =
          toError(rdattn_cuda_copy(device, data, array.data(), array.bytes())))
    return std::move(error);
  return copy;
}

Error DeviceArray::read(const Array &array) const {
  return toError(rdattn_cuda_copy(memory.get_deleter().device, array.data(),
                                  data(), array.bytes()));
}

} // namespace rdattn::run
