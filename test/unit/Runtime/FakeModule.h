//===- FakeModule.h - A module written by hand ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_FAKEMODULE_H
#define RDATTN_TEST_RUNTIME_FAKEMODULE_H

#include "rdattn/module.h"

#include <functional>
#include <string>
#include <vector>

namespace rdattn::test {

/// What a rank-N memref descriptor says.
template <int N> struct Memref {
  void *allocated, *aligned;
  int64_t offset, sizes[N], strides[N];
};

/// The body of FakeModule's functions; each test sets it.
using Body = std::function<void(void **arguments)>;
extern Body body;

/// A module of one function "fake" that runs `body`, with room for others.
class FakeModule {
public:
  explicit FakeModule(std::string roles = "qkvsol",
                      rdattn_dtype dtype = RDATTN_FLOAT32);
  ~FakeModule();

  /// Opens it, closing what was open.
  rdattn_status open();
  const rdattn_function *function() const;

  std::string roles;
  rdattn_function_data functions[3];
  rdattn_module_data data;
  rdattn_module *module = nullptr;
};

/// A tensor with memory of its own; lay() makes it dense.
struct Tensor {
  std::vector<int64_t> sizes, strides;
  std::vector<float> memory;
  rdattn_tensor view;

  void lay(std::vector<int64_t> newSizes, rdattn_dtype dtype = RDATTN_FLOAT32);
};

/// The arguments of one call, right as made: B=2, S=5, H=4, G=2, D=8, Dv=6.
struct Arguments {
  explicit Arguments(int64_t batch = 2, int64_t tokens = 5, int64_t heads = 4,
                     int64_t kvHeads = 2, int64_t headDim = 8,
                     int64_t valueDim = 6);
  Arguments(const Arguments &) = delete;

  Tensor q, k, v, o, lse;
  float scale = 0.5f;
  rdattn_arguments list;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_FAKEMODULE_H
