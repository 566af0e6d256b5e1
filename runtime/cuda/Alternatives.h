//===- Alternatives.h - A function's code for several devices ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_ALTERNATIVES_H
#define RDATTN_RUNTIME_CUDA_ALTERNATIVES_H

#include "rdattn/module.h"
#include "runtime/Error.h"

#include <mutex>
#include <vector>

namespace rdattn::runtime::cuda {

class Device;

/// The codes of one function, one for each architecture that its module was
/// compiled for, and which of them each device runs. Thread-safe.
class Alternatives {
public:
  Alternatives(const rdattn_function_data *codes, size_t count)
      : codes(codes), count(count) {}

  /// The code that the device runs, chosen at first use.
  MaybeFailure find(const Device &device, const rdattn_function_data *&code);

  /// From now on another code than `refused`, where one is left; else null.
  MaybeFailure replace(const Device &device,
                       const rdattn_function_data &refused,
                       const rdattn_function_data *&code);

private:
  struct Choice {
    const Device *device;
    size_t index;
  };
  MaybeFailure choose(const Device &device, size_t first, size_t &index) const;

  const rdattn_function_data *const codes;
  const size_t count;
  std::mutex mutex;
  std::vector<Choice> choices;
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_ALTERNATIVES_H
