//===- fake_module.c - A shared object such as rdattn-translate writes ----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/module.h"

// Each of these is set by a module that differs in it.
#ifndef FEATURES
#define FEATURES "sse2"
#endif
#ifndef BIAS
#define BIAS 0
#endif
#ifndef SYMBOL
#define SYMBOL "rdattn_module_data"
#endif

struct memref {
  float *allocated, *aligned;
  int64_t offset, sizes[4], strides[4];
};

#ifdef UNDEFINED
void rdattn_no_such_function(void);
#endif

/// The first value of o is that of q times k times v, plus BIAS.
static void entry(void **arguments) {
  struct memref **tensors = (struct memref **)arguments;
#ifdef UNDEFINED
  rdattn_no_such_function();
#endif
  if (!rdattn_should_stop(rdattn_current_call()))
    tensors[3]->aligned[0] = tensors[0]->aligned[0] * tensors[1]->aligned[0] *
                                 tensors[2]->aligned[0] +
                             BIAS;
}

static const rdattn_function_data function = {
    "fake",     entry, "qkvo", 0, RDATTN_FLOAT32, {-1, -1, -1, -1, -1, -1},
    RDATTN_CPU, 0};

// In C a variable cannot have the name of its type; in an object file it can.
extern RDATTN_EXPORT const rdattn_module_data data __asm__(SYMBOL);
const rdattn_module_data data = {RDATTN_MODULE_MAGIC,
                                 RDATTN_ABI_VERSION,
                                 "x86_64-linux-gnu",
                                 FEATURES,
                                 1,
                                 &function};
