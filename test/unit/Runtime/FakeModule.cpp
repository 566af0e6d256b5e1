//===- FakeModule.cpp - A module written by hand --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

using namespace rdattn::test;

Body rdattn::test::body;

static void entry(void **arguments) {
  if (body)
    body(arguments);
}

FakeModule::FakeModule(std::string roleLetters, rdattn_dtype dtype)
    : roles(std::move(roleLetters)) {
  for (rdattn_function_data &function : functions)
    function = {"fake",        entry,
                roles.c_str(), "{\"causal\": false}",
                dtype,         {-1, -1, -1, -1, -1, -1},
                RDATTN_CPU,    nullptr};
  functions[1].name = "other";
  data = {RDATTN_MODULE_MAGIC,
          RDATTN_ABI_VERSION,
          "x86_64-linux-gnu",
          "sse2",
          1,
          functions};
}

FakeModule::~FakeModule() {
  rdattn_module_close(module);
  body = nullptr;
}

rdattn_status FakeModule::open() {
  rdattn_module_close(module);
  return rdattn_module_from_data(&data, &module);
}

const rdattn_function *FakeModule::function() const {
  return rdattn_module_function(module, 0);
}

void Tensor::lay(std::vector<int64_t> newSizes, rdattn_dtype dtype) {
  sizes = std::move(newSizes);
  strides.assign(sizes.size(), 1);
  int64_t elements = 1;
  for (size_t d = sizes.size(); d-- > 0; elements *= sizes[d])
    strides[d] = elements;
  memory.assign(elements, 0);
  view = {memory.data(), dtype, static_cast<int32_t>(sizes.size()),
          sizes.data(), strides.data()};
}

Arguments::Arguments(int64_t batch, int64_t tokens, int64_t heads,
                     int64_t kvHeads, int64_t headDim, int64_t valueDim) {
  q.lay({batch, tokens, heads, headDim});
  k.lay({batch, tokens, kvHeads, headDim});
  v.lay({batch, tokens, kvHeads, valueDim});
  o.lay({batch, tokens, heads, valueDim});
  lse.lay({batch, heads, tokens});
  list = {&q.view, &k.view, &v.view, &o.view, &lse.view, &scale,  nullptr,
          0,       nullptr, 0,       nullptr, nullptr,   nullptr, 0};
}
