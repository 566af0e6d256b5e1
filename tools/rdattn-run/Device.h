//===- Device.h - Arrays in a GPU's memory ----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_DEVICE_H
#define RDATTN_TOOLS_RUN_DEVICE_H

#include "tools/rdattn-run/Npy.h"

namespace rdattn::run {

struct FreeOnDevice {
  void operator()(void *data) const;
  int device = 0;
};

/// A copy of an array on a CUDA device.
class DeviceArray {
public:
  /// Holds what the array holds.
  static llvm::Expected<DeviceArray> create(int device, const Array &array);

  void *data() const { return memory.get(); }
  /// Copies back into an array of the same size.
  llvm::Error read(const Array &array) const;

private:
  std::unique_ptr<void, FreeOnDevice> memory;
};

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_DEVICE_H
