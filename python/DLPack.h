//===- DLPack.h - What is used of DLPack's C interface ----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layout is DLPack's, version 1 (https://dmlc.github.io/dlpack): a tensor,
// and the table of functions that a tensor type shows as
// __dlpack_c_exchange_api__.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PYTHON_DLPACK_H
#define RDATTN_PYTHON_DLPACK_H

#include <cstdint>

namespace rdattn::python::dlpack {

constexpr uint32_t kMajorVersion = 1;
constexpr const char *kExchangeCapsule = "dlpack_exchange_api";

enum DeviceType : int32_t { CPU = 1, CUDA = 2 };

struct Device {
  int32_t type;
  int32_t ordinal;
};

struct DataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void *data;
  Device device;
  int32_t rank;
  DataType dtype;
  int64_t *sizes;
  int64_t *strides;
  uint64_t byteOffset;

  void *address() const { return static_cast<char *>(data) + byteOffset; }
};

struct ExchangeAPI {
  uint32_t majorVersion, minorVersion;
  ExchangeAPI *previous;
  void *allocate, *managedFromObject, *managedToObject; // not called here
  /// Describes a tensor object that its owner keeps; -1 with a Python error.
  int (*view)(void *object, Tensor *tensor);
  /// The stream on which the framework queues its work for a device now.
  int (*currentStream)(int32_t deviceType, int32_t ordinal, void **stream);
};

} // namespace rdattn::python::dlpack

#endif // RDATTN_PYTHON_DLPACK_H
